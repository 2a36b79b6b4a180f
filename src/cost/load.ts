/** A month of requests, all alike. */
export interface Load {
  durationMs: number;
  memoryMb: number;
  requests: number;
  coldStarts?: number | undefined;
  initMs?: number | undefined;
  payloadBytes?: number | undefined;
  concurrency?: number | undefined;
  cpuMs?: number | undefined;
  hoursPerMonth?: number | undefined;
  /** Takes off what the platforms give each account each month, for good. */
  hasFreeTier?: boolean | undefined;
}

/** What a request takes among those that it shares an instance with, and how many these are, itself counted. */
export type Company = Pick<Load, 'durationMs' | 'concurrency'>;

export type CompleteLoad = { [Name in keyof Load]-?: NonNullable<Load[Name]> };
export type LoadNumber = Exclude<keyof Load, 'hasFreeTier'>;

export interface LoadField {
  min: number;
  max: number;
  isWhole?: true;
  /** Without one it has to be given. */
  default?: number;
  about: string;
  example: number;
}

/** The largest month that is priced: 38,000 requests a second. */
const MAX_REQUESTS = 100e9;
const HOUR_MS = 3_600_000;

/** What may be said of a load: the API, the command and `priceLoad` itself hold it against this table. */
export const loadFields: Record<LoadNumber, LoadField> = {
  durationMs: { min: 0, max: HOUR_MS, about: 'Milliseconds a request takes, waiting included', example: 60 },
  memoryMb: { min: 128, max: 10_240, isWhole: true, about: 'Memory of an instance, MB', example: 512 },
  requests: { min: 1, max: MAX_REQUESTS, isWhole: true, about: 'Requests a month', example: 6_940_000 },
  coldStarts: {
    min: 0,
    max: MAX_REQUESTS,
    isWhole: true,
    default: 0,
    about: 'How many of the requests meet a new instance',
    example: 69_400,
  },
  initMs: {
    min: 0,
    max: 900_000,
    default: 0,
    about: 'Milliseconds a new instance needs besides',
    example: 175,
  },
  payloadBytes: {
    min: 0,
    max: 32 * 1024 ** 2,
    isWhole: true,
    default: 0,
    about: 'Bytes of a request or its answer, whichever is larger',
    example: 2_000,
  },
  concurrency: {
    min: 1,
    max: 1_000,
    isWhole: true,
    default: 1,
    about:
      'Requests an instance has under way at a time, where instances are shared: as it is, not as it may be',
    example: 80,
  },
  cpuMs: {
    min: 0,
    max: HOUR_MS,
    default: 0,
    about: 'Milliseconds of processor time within a request: what cannot be shared',
    example: 3,
  },
  hoursPerMonth: { min: 1, max: 744, default: 730, about: 'Hours in the month', example: 730 },
};

/** @returns a sentence's end, as in “concurrency must be a whole number from 1 to 1000” */
export const ruleOf = ({ min, max, isWhole }: LoadField): string =>
  `must be a ${isWhole ? 'whole ' : ''}number from ${min} to ${max}`;

export const isWithin = ({ min, max, isWhole }: LoadField, value: number): boolean =>
  value >= min && value <= max && (!isWhole || Number.isInteger(value));

export const COLD_STARTS_RULE = 'must be at most requests';

/** With what was left out. @throws RangeError naming the field and its rule */
export function completeLoad(load: Load): CompleteLoad {
  const numbers = Object.entries(loadFields).map(([name, field]) => {
    const value = load[name as LoadNumber] ?? field.default;
    if (typeof value !== 'number' || !isWithin(field, value))
      throw new RangeError(`${name} ${ruleOf(field)}`);
    return [name, value] as const;
  });
  const complete = { ...Object.fromEntries(numbers), hasFreeTier: load.hasFreeTier === true } as CompleteLoad;
  if (complete.coldStarts > complete.requests) throw new RangeError(`coldStarts ${COLD_STARTS_RULE}`);
  return complete;
}
