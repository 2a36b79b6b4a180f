/** Of the report: light or dark as the reader's system is, nothing loaded from anywhere. */
export const style = `
:root { color-scheme: light dark; --ink: #1c1e21; --paper: #fff; --faint: #6b7077; --line: #dfe2e6;
  --side-0: #0b6bcb; --side-1: #c2570c; --side-2: #5b7083; --side-3: #7a5195; --side-4: #2f855a; --side-5: #b83280; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --paper: #15171a; --faint: #9aa1a9; --line: #33383e;
  --side-0: #4ea3f5; --side-1: #f0934e; --side-2: #93a7b8; --side-3: #b794d6; --side-4: #63c193; --side-5: #ee7fb8; } }
body { margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: var(--ink); background: var(--paper);
  font: 16px/1.5 system-ui, sans-serif; }
a { color: var(--side-0); }
section { border-top: 1px solid var(--line); margin-top: 3rem; padding-top: 1rem; }
.note { color: var(--faint); font-size: 0.875rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.8125rem; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid var(--line); padding: 0.25rem 0.5rem; text-align: left; vertical-align: top; }
figure { margin: 1.5rem 0; }
svg { display: block; width: 100%; min-width: 40rem; font: 12px system-ui, sans-serif; fill: var(--ink); }
svg .grid { stroke: var(--line); }
svg .tick { fill: var(--faint); text-anchor: middle; }
svg .group { font-weight: 600; }
svg .label { text-anchor: end; }
svg .whisker { stroke: var(--ink); stroke-width: 1.2; }
${[0, 1, 2, 3, 4, 5].map((side) => `svg .side-${side} { fill: var(--side-${side}); }`).join('\n')}
`;
