/**
 * How the managed runtime starts Node.js: a tenth of the memory is left to what is young, in two halves.
 * AWS does not document it. This is its /var/runtime/bootstrap as others have published it: the sizes as in
 * nodejs24.x ("Deep Dive into AWS Lambda (3): Official Node.js Runtime Analysis", dev.to, February 2026), the first
 * two flags as in copies of earlier runtimes.
 * V8 rejects code that was cached under other flags: on Node 24 `--expose-gc` counts, the sizes do not.
 */
export const nodeFlags = (memoryMb: number): string[] => [
  '--expose-gc',
  '--max-http-header-size=81920',
  `--max-semi-space-size=${Math.floor(memoryMb / 20)}`,
  `--max-old-space-size=${memoryMb - Math.floor(memoryMb / 10)}`,
];
