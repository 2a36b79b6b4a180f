/** What a result file says of requests: how long one took, and how much of that it computed. */

export interface MeasuredRun {
  /** As the file names it. */
  what: string;
  durationMs: number;
  cpuMs?: number;
  memoryMb?: number;
  requests?: number;
}

/** The first of them that a record has is its duration: what is billed, before what clients saw. */
const DURATIONS = ['billedMs', 'durationMs', 'p50Ms', 'tookMs'];
const NAMES = ['what', 'side', 'style', 'request', 'product', 'load'];

/** Said of a measurement, not measured. */
const CIRCUMSTANCES = ['conditions', 'machine'];

type Fields = Record<string, unknown>;
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

/** A number, or the median of a figure of several rounds. */
function numberOf(value: unknown): number | undefined {
  const number = isObject(value) ? value.median : value;
  return typeof number === 'number' ? number : undefined;
}

/** Every record, at any depth, that holds a duration: rows of the bench, contestants of a race, a load by itself. */
export function measuredRuns(value: unknown): MeasuredRun[] {
  if (!isObject(value)) return [];
  const durationMs = DURATIONS.map((name) => numberOf(value[name])).find((number) => number !== undefined);
  if (durationMs === undefined)
    return Object.entries(value).flatMap(([name, part]) =>
      CIRCUMSTANCES.includes(name) ? [] : measuredRuns(part),
    );
  const also = ['cpuMs', 'memoryMb', 'requests'].flatMap((name) => {
    const number = typeof value[name] === 'number' || name === 'cpuMs' ? numberOf(value[name]) : undefined;
    return number === undefined ? [] : [[name, number] as const];
  });
  const what = NAMES.flatMap((name) => (typeof value[name] === 'string' ? [value[name]] : [])).join(', ');
  return [{ what: what || 'a request', durationMs, ...Object.fromEntries(also) }];
}
