import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sumUsd } from '#dist/cost/cost-line.js';
import { costReport } from '#dist/cost/cost-report.js';
import { type Load, type LoadNumber, loadFields } from '#dist/cost/load.js';
import { type PlatformCost, priceLoad } from '#dist/cost/price-load.js';
import { prices } from '#dist/cost/prices.js';
import { usd } from '#dist/cost/usd.js';

const MILLION = 1_000_000;

const costOf = (id: string, load: Load) => {
  const cost = priceLoad(load).find((platform) => platform.id === id);
  if (!cost) throw new Error(`no platform ${id}`);
  return cost;
};
/** Of the month, to the cent. */
const dollars = (id: string, load: Load) => usd(costOf(id, load).totalUsd);
const quantityOf = (id: string, what: RegExp, load: Load) =>
  costOf(id, load).lines.find((line) => what.test(line.what))?.quantity;

/** What Leapcell advertises for $25, in a function of half a gigabyte. */
const advertised: Load = { durationMs: 60, memoryMb: 512, requests: 6_940_000 };

describe('6.94 million requests of 60 ms at 512 MB', () => {
  // Lambda: 6.94 M x $0.20/M = 1.388; 6.94 M x 0.06 s x 0.5 GB = 208,200 GB-s, x $13.3334/M = 2.776 or x $16.6667/M = 3.470
  test.each([
    ['lambda-arm64-function-url', '$4.16'], // 1.388 + 2.776
    ['lambda-arm64-http-api', '$11.10'], // + 6.94
    ['lambda-arm64-rest-api', '$28.45'], // + 6.94 x 3.50 = 24.29
    ['lambda-x86-function-url', '$4.86'], // 1.388 + 3.470
    ['lambda-x86-http-api', '$11.80'], // + 6.94
    ['lambda-x86-rest-api', '$29.15'], // + 24.29
    ['lambda-arm64-sqs', '$12.49'], // 4.164 + 3 x 6.94 x 0.40 = 8.328
    // 416,400 s of 2,628,000: one environment. 1.388; 1 x 0.5 GB x 2,628,000 s x $3.3334/M = 4.380; 208,200 x $7.7778/M = 1.619
    ['lambda-arm64-provisioned', '$7.39'],
    // 1.388 + 3 x 730 h x $0.0816 x 1.15 = 205.51
    ['lambda-managed-instances', '$206.90'],
    // One at a time 100 ms each: 694,000 s x $24/M = 16.656; x 0.5 GiB x $2.5/M = 0.8675; 6.94 x 0.40 = 2.776
    ['cloud-run', '$20.30'],
    ['fixed-server', '$12.26'], // 730 h x $0.0168
    ['leapcell', '$25.00'], // as advertised
  ])('on %s: %s', (id, expected) => {
    expect(dollars(id, advertised)).toBe(expected);
  });

  test('no platform is left out, and none has two names', () => {
    const ids = priceLoad(advertised).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(12);
  });

  test('with what is given for free each month', () => {
    const load = { ...advertised, hasFreeTier: true };
    // 5.94 M requests are paid, and none of the 208,200 GB-s
    expect(dollars('lambda-arm64-function-url', load)).toBe('$1.19');
    // 4.94 M x 0.40 = 1.976; 694,000 - 180,000 vCPU-s x $24/M = 12.336; 347,000 GiB-s are all free
    expect(dollars('cloud-run', load)).toBe('$14.31');
    // 1.188 + (20.82 M - 1 M) x 0.40 = 7.928
    expect(dollars('lambda-arm64-sqs', load)).toBe('$9.12');
    // It does not count for environments that are kept ready.
    expect(dollars('lambda-arm64-provisioned', load)).toBe('$7.39');
  });
});

describe('a fan-out within one request', () => {
  const compute = (durationMs: number, memoryMb: number) => {
    const lines = costOf('lambda-arm64-http-api', { durationMs, memoryMb, requests: MILLION }).lines;
    return sumUsd(lines.filter(({ what }) => what.startsWith('Lambda time')));
  };

  test('5 x 3 s one after the other take 15.26 s, all at once 3.24 s: $101.7 and $21.6 per million at 0.5 GB', () => {
    // 15.26 s x 0.5 GB x $13.3334 and 3.24 s x 0.5 GB x $13.3334
    expect(compute(15_260, 512)).toBeCloseTo(101.7338, 4);
    expect(compute(3_240, 512)).toBeCloseTo(21.6001, 4);
    // With the requests themselves, and the gateway.
    const total = (id: string, durationMs: number) =>
      dollars(id, { durationMs, memoryMb: 512, requests: MILLION });
    expect(total('lambda-arm64-function-url', 15_260)).toBe('$101.93');
    expect(total('lambda-arm64-function-url', 3_240)).toBe('$21.80');
    expect(total('lambda-arm64-http-api', 15_260)).toBe('$102.93');
    expect(total('lambda-arm64-http-api', 3_240)).toBe('$22.80');
  });

  test.each([
    ['one after the other', 50_000, 667],
    ['5 at a time', 10_000, 134],
    ['all at once', 1_000, 13.5],
  ])('50 x 1 s at 1 GB, %s', (_how, durationMs, expected) => {
    const load = { durationMs, memoryMb: 1024, requests: MILLION };
    expect(Number(costOf('lambda-arm64-function-url', load).totalUsd.toPrecision(3))).toBe(expected);
  });
});

describe('how a handler waits', () => {
  /** A million waits of 50 ms; `blocking` lets an instance serve one at a time, `async` 80. */
  const styles = { blocking: 1, async: 80 };
  const waits = (concurrency: number): Load => ({
    durationMs: 50,
    memoryMb: 512,
    requests: MILLION,
    concurrency,
  });

  test('changes nothing where an instance serves one request at a time', () => {
    const oneAtATime = priceLoad(waits(styles.blocking)).filter(({ billing }) => billing === 'request');
    expect(oneAtATime).toHaveLength(8);
    for (const { id, totalUsd } of oneAtATime)
      expect(costOf(id, waits(styles.async)).totalUsd).toBe(totalUsd);
  });

  test('changes the bill where requests share an instance: 80 waits of 50 ms are 100 ms, or 80 times that', () => {
    // 100,000 s x ($24 + 0.5 x $2.5)/M = 2.525, + 0.40
    expect(dollars('cloud-run', waits(styles.blocking))).toBe('$2.93');
    // 12,500 companies x 0.1 s = 1,250 s: 0.0316, + 0.40
    expect(dollars('cloud-run', waits(styles.async))).toBe('$0.43');
  });

  test('changes how many machines are needed', () => {
    // 1e9 x 0.05 s = 50,000,000 s of 2,628,000: 19.03 at once
    const many = { ...waits(1), requests: 1e9 };
    expect(dollars('fixed-server', many)).toBe('$245.28');
    expect(dollars('fixed-server', { ...many, concurrency: 80 })).toBe('$12.26');
    // Computing is not shared: 1e9 x 1 ms = 1,000,000 s of 2,628,000 are 0.38 of a core, 2 ms 0.76; 0.4 is a server's
    expect(dollars('fixed-server', { ...many, concurrency: 80, cpuMs: 1 })).toBe('$12.26');
    expect(dollars('fixed-server', { ...many, concurrency: 80, cpuMs: 2 })).toBe('$24.53');
    // 20 instances of one request each at m7g.large: 20 x 730 x 0.0816 x 1.15 = 1,370.06, + 200
    expect(dollars('lambda-managed-instances', many)).toBe('$1,570.06');
    expect(dollars('lambda-managed-instances', { ...many, concurrency: 64 })).toBe('$405.51');
  });

  test('shares no processor time', () => {
    // 1,000,000 x 5 ms = 5,000 s are more than the 1,250 s of waiting: 5,000 x $25.25/M = 0.126
    expect(dollars('cloud-run', { ...waits(80), cpuMs: 5 })).toBe('$0.53');
  });
});

describe('rounding', () => {
  const one = { memoryMb: 1024, requests: 1 };
  test.each([
    [0, 1],
    [0.2, 1],
    [60, 60],
    [60.01, 61],
    [1.1 + 2.2 - 0.3, 3], // 3.0000000000000004 in floating point
  ])('Lambda bills %d ms as %d ms', (durationMs, billedMs) => {
    const billed = quantityOf('lambda-arm64-http-api', /^Lambda time/, { ...one, durationMs });
    expect(billed).toBeCloseTo(billedMs / 1000, 12);
  });

  test.each([
    [0, 100],
    [100, 100],
    [100.1, 200],
  ])('Cloud Run bills %d ms as %d ms', (durationMs, billedMs) => {
    expect(quantityOf('cloud-run', /^vCPU/, { ...one, durationMs })).toBeCloseTo(billedMs / 1000, 12);
  });

  test('INIT and its first request are rounded together', () => {
    // 990 x 11 ms + 10 x ceil(10.4 + 200.4) = 10,890 + 2,110 ms
    const load = { memoryMb: 1024, requests: 1_000, durationMs: 10.4, coldStarts: 10, initMs: 200.4 };
    expect(quantityOf('lambda-arm64-http-api', /^Lambda time/, load)).toBeCloseTo(13, 9);
    // Cloud Run: 1,000 x 100 ms + 10 x 300 ms
    expect(quantityOf('cloud-run', /^vCPU/, load)).toBeCloseTo(103, 9);
    // Kept ready: nobody meets a new one.
    expect(quantityOf('lambda-arm64-provisioned', /^Lambda time/, load)).toBeCloseTo(11, 9);
  });

  test('a byte more is a request more', () => {
    const asked = (id: string, what: RegExp, payloadBytes: number) =>
      quantityOf(id, what, { ...one, durationMs: 10, payloadBytes });
    expect(asked('lambda-arm64-http-api', /^HTTP API/, 512 * 1024)).toBe(1);
    expect(asked('lambda-arm64-http-api', /^HTTP API/, 512 * 1024 + 1)).toBe(2);
    expect(asked('lambda-arm64-rest-api', /^REST API/, 512 * 1024 + 1)).toBe(1);
    // Send, receive and delete; the first two carry the message.
    expect(asked('lambda-arm64-sqs', /^SQS/, 64 * 1024)).toBe(3);
    expect(asked('lambda-arm64-sqs', /^SQS/, 64 * 1024 + 1)).toBe(5);
  });
});

test('the free tier is used up to its edge, and a request more is paid', () => {
  // 1,000,000 x 400 ms x 1 GB = 400,000 GB-s: all of it
  const edge = { durationMs: 400, memoryMb: 1024, requests: MILLION, hasFreeTier: true };
  expect(costOf('lambda-arm64-function-url', edge).totalUsd).toBe(0);
  const more = costOf('lambda-arm64-function-url', { ...edge, requests: MILLION + 1 });
  // $0.20/M + 0.4 GB-s x $13.3334/M
  expect(more.totalUsd).toBeCloseTo(0.2e-6 + 0.4 * 13.3334e-6, 12);
});

test('above its first tier a quantity costs less', () => {
  const load = { durationMs: 1, memoryMb: 128, requests: 500 * MILLION };
  const { lines } = costOf('lambda-arm64-http-api', load);
  const gateway = lines.filter(({ what }) => what.startsWith('HTTP API'));
  expect(gateway.map(({ quantity, unitUsd }) => [quantity, unitUsd])).toEqual([
    [300 * MILLION, 1e-6],
    [200 * MILLION, 0.9e-6],
  ]);
  // 333 x 3.50 + 167 x 2.80
  const rest = costOf('lambda-arm64-rest-api', load).lines.filter(({ what }) => what.startsWith('REST'));
  expect(sumUsd(rest)).toBeCloseTo(1633.1, 6);
});

test('says what a platform would not serve, and prices it all the same', () => {
  const cannot = (id: string, load: Partial<Load>) => costOf(id, { ...advertised, ...load }).cannot;
  expect(cannot('lambda-arm64-http-api', {})).toBeUndefined();
  expect(cannot('lambda-arm64-http-api', { durationMs: 50_000 })).toMatch(/30 s/);
  expect(cannot('lambda-arm64-rest-api', { durationMs: 29_001 })).toMatch(/29 s/);
  expect(cannot('lambda-arm64-function-url', { durationMs: 50_000 })).toBeUndefined();
  expect(cannot('lambda-arm64-function-url', { payloadBytes: 7_000_000 })).toMatch(/6291456 bytes/);
  expect(cannot('fixed-server', { memoryMb: 4096 })).toMatch(/2048 MB/);
});

test('every price says where it comes from, and when it was read', () => {
  for (const { source, readOn, notes } of priceLoad(advertised)) {
    expect(source).toMatch(/^https:\/\/\S+ \((\d{4}-\d{2}|not read): .+\)/);
    expect(readOn).toBe(prices.readOn);
    expect(notes.length).toBeGreaterThan(0);
  }
});

test.each(Object.entries(loadFields))('%s is held within its bounds', (name, { min, max, isWhole }) => {
  const load = (value: unknown) => ({ ...advertised, [name]: value }) as Load;
  for (const value of [
    min - 1,
    max * 2,
    Number.NaN,
    Infinity,
    -Infinity,
    null,
    '5',
    ...(isWhole ? [min + 0.5] : []),
  ]) {
    if (value === null && loadFields[name as LoadNumber].default !== undefined) continue;
    expect(() => priceLoad(load(value))).toThrow(new RegExp(`^${name} must be a `));
  }
  if (name !== 'coldStarts') expect(() => [priceLoad(load(min)), priceLoad(load(max))]).not.toThrow();
});

test('no more requests are cold than there are', () => {
  expect(() => priceLoad({ ...advertised, requests: 5, coldStarts: 6 })).toThrow(
    'coldStarts must be at most requests',
  );
});

describe('whatever the load', () => {
  const numberIn = ({ min, max, isWhole }: (typeof loadFields)[LoadNumber]) =>
    isWhole ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true });
  const anyLoad = fc
    .record({
      ...(Object.fromEntries(
        Object.entries(loadFields).map(([name, field]) => [name, numberIn(field)]),
      ) as Record<LoadNumber, fc.Arbitrary<number>>),
      hasFreeTier: fc.boolean(),
    })
    .map((load) => ({ ...load, coldStarts: Math.min(load.coldStarts, load.requests) }));

  /** To 12 decimals, or 13 digits where they are more. */
  const isRounded = (rounded: number, exact: number) =>
    Math.abs(rounded - exact) <= Math.max(0.51e-12, Math.abs(exact) * 1e-12);
  const isNoise = (usd: number) => String(usd).replace(/e.*|^0\.0*|[-.]/g, '').length > 13;

  test('a bill is a finite sum of its lines, each quantity times price, and never negative', () => {
    fc.assert(
      fc.property(anyLoad, (load) =>
        priceLoad(load).every(
          ({ lines, totalUsd, perMillionUsd }) =>
            lines.every(({ quantity, unitUsd, usd }) => isRounded(usd, quantity * unitUsd)) &&
            isRounded(totalUsd, sumUsd(lines)) &&
            ![totalUsd, perMillionUsd, ...lines.map(({ usd }) => usd)].some(isNoise) &&
            Number.isFinite(perMillionUsd) &&
            totalUsd >= 0,
        ),
      ),
    );
  });

  test('the cheapest could serve it, and the verdict is a sentence about two, or the only one', () => {
    fc.assert(
      fc.property(anyLoad, (load) => {
        const { platforms, cheapest, verdict } = costReport(load);
        const able = platforms.filter(({ cannot }) => cannot === undefined);
        return (
          cheapest === able[0]?.id &&
          verdict.startsWith(able.length === 1 ? 'Only ' : 'Cheapest is ') &&
          !/NaN|undefined|Infinity/.test(verdict)
        );
      }),
    );
    const largest = { durationMs: 3_600_000, memoryMb: 10_240, requests: 1, hasFreeTier: true };
    expect(costReport(largest).verdict).toMatch(/^Only Google Cloud Run.*: nothing, within what is free\.$/);
  });

  /** Floating point: a part in a billion, and a millionth of a cent. */
  const isNoLess = (more: PlatformCost[], less: PlatformCost[]) =>
    more.every(
      ({ totalUsd }, index) => totalUsd >= (less[index] as PlatformCost).totalUsd * (1 - 1e-9) - 1e-8,
    );
  /** A longer month holds fewer requests at once, and rents for longer: dearer or cheaper. */
  const names = (Object.keys(loadFields) as LoadNumber[]).filter((name) => name !== 'hoursPerMonth');

  test.each(names)('more of %s is never cheaper (sharing: never dearer)', (name) => {
    fc.assert(
      fc.property(anyLoad, numberIn(loadFields[name]), (any, other) => {
        const most = name === 'coldStarts' ? any.requests : Infinity;
        const [less, more] = [any[name], Math.min(other, most)].sort((a, b) => a - b) as [number, number];
        const load = name === 'requests' ? { ...any, coldStarts: Math.min(any.coldStarts, less) } : any;
        const [few, many] = [priceLoad({ ...load, [name]: less }), priceLoad({ ...load, [name]: more })];
        return name === 'concurrency' ? isNoLess(few, many) : isNoLess(many, few);
      }),
    );
  });

  test('the free tier never makes it dearer', () => {
    fc.assert(
      fc.property(anyLoad, (load) =>
        isNoLess(priceLoad({ ...load, hasFreeTier: false }), priceLoad({ ...load, hasFreeTier: true })),
      ),
    );
  });
});
