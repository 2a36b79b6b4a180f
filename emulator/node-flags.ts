/**
 * How the managed runtime starts Node.js: a tenth of the memory is left to what is young, in two halves.
 * V8 rejects code that was cached under other flags: on Node 24 `--expose-gc` counts, the sizes do not.
 */
export const nodeFlags = (memoryMb: number): string[] => [
  '--expose-gc',
  '--max-http-header-size=81920',
  `--max-semi-space-size=${Math.floor(memoryMb / 20)}`,
  `--max-old-space-size=${memoryMb - Math.floor(memoryMb / 10)}`,
];
