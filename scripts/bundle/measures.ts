/** What a bundle does so that a function starts sooner; `npm run bench -- cold-start` leaves out each in turn. */
export const measures = [
  // The code that V8 had compiled is shipped.
  'code cache',
  // The plans of known queries are shipped, and their compiler is loaded for others only.
  'query plans',
  // What is loaded but never used is left out: HTTP/2, ajv, middie, ...
  'unused left out',
  // Nest's loggers build their date formatters when they log.
  'lazy formatters',
  // The router compiles no functions of its own.
  'router without eval',
  // Of rxjs and cockatiel only what is used, from their ES modules.
  'ES modules',
  // White space, comments and local names are taken out.
  'small code',
] as const;

export type Measure = (typeof measures)[number];
export const noMeasure: ReadonlySet<Measure> = new Set();
