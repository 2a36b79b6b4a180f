/** What a bundle does so that a function starts sooner; `npm run bench -- cold-start` leaves out each in turn. */
export const measures = {
  'code cache': 'the code that V8 had compiled is shipped',
  'query plans': 'the plans of known queries are shipped, and their compiler is loaded for others only',
  'unused left out': 'packages are left out that are loaded but never used (HTTP/2, ajv, middie, ...)',
  'lazy formatters': "Nest's loggers build their date formatters when they log",
  'router without eval': 'the router compiles no functions of its own',
  'ES modules': 'of rxjs and cockatiel only what is used, from their ES modules',
  'small code': 'white space, comments and local names are taken out',
} as const;

export type Measure = keyof typeof measures;
export const noMeasure: ReadonlySet<Measure> = new Set();
