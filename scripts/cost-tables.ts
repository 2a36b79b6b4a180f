/** The tables of docs/cost.md and README.md, from what scripts/cost-records.ts has computed. */
import { sumUsd } from '../src/cost/cost-line.js';
import { platforms } from '../src/cost/price-load.js';
import { prices } from '../src/cost/prices.js';
import { usd } from '../src/cost/usd.js';
import { bill, type CostRecords, type PricedCase } from './cost-records.js';

const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const asOf = `Prices of ${prices.region}, read in ${prices.readOn}.`;

const waitingIs = {
  request: 'paid by each request',
  instance: 'shared by requests',
  capacity: 'paid, busy or not',
};

/** Platforms that bill alike, in one row. */
export function platformsTable(): string {
  const alike = new Map<string, string[]>();
  for (const { name, billing, notes } of platforms) {
    const row = `${waitingIs[billing]} | ${notes.join(' ')}`;
    alike.set(row, [...(alike.get(row) ?? []), name]);
  }
  return table(
    ['platform', 'waiting', 'to know'],
    [...alike].map(([row, names]) => [names.join('; '), row]),
  );
}

/** Where each figure comes from. */
export function sourcesTable(): string {
  const users = new Map<string, string[]>();
  for (const { name, sources } of platforms)
    for (const { url, readOn, basis } of sources) {
      const row = `${url} | ${readOn} | ${basis}`;
      users.set(row, [...(users.get(row) ?? []), name]);
    }
  const forWhom = (names: string[]) => (names.length > 2 ? 'AWS Lambda' : names.join('; '));
  return table(
    ['source', 'read', 'how well it is known', 'for'],
    [...users].map(([row, names]) => [row, forWhom(names)]),
  );
}

const parts = (lines: PricedCase['platforms'][number]['lines']): string =>
  lines
    .filter((line) => line.usd > 0)
    .map((line) => `${line.what} ${usd(line.usd)}`)
    .join(' + ');

/** Leapcell's $25 load, the cheapest first. */
export function leapcellTable({ leapcell }: CostRecords): string {
  const [alone, shared] = leapcell as [PricedCase, PricedCase];
  const rows = [...alone.platforms]
    .sort((one, other) => one.totalUsd - other.totalUsd)
    .map(({ id, name, totalUsd, perMillionUsd, lines }) => [
      name,
      usd(totalUsd),
      usd(perMillionUsd),
      usd(bill(shared, id).totalUsd),
      parts(lines),
    ]);
  return `${table(['platform', 'a month', 'per million', 'a month, when 80 come together', 'made of (one at a time)'], rows)}\n\n${asOf}`;
}

const COMPUTE = /^Lambda time/;
const ARM_URL = 'lambda-arm64-function-url';
const ARM_HTTP = 'lambda-arm64-http-api';

/** Per million requests. */
export function fanOutTable({ fanOut }: CostRecords): string {
  const rows = fanOut.map((one) => {
    const { lines } = bill(one, ARM_HTTP);
    return [
      one.what,
      `${(one.load.durationMs / 1000).toFixed(2)} s`,
      usd(sumUsd(lines.filter(({ what }) => COMPUTE.test(what)))),
      ...[ARM_URL, ARM_HTTP, 'cloud-run', 'fixed-server', 'leapcell'].map((id) =>
        usd(bill(one, id).perMillionUsd),
      ),
    ];
  });
  const head = [
    'a million requests, each with',
    'takes',
    'Lambda, time only',
    'with requests',
    'with HTTP API',
    'Cloud Run, one at a time',
    'EC2 t4g.small',
    'Leapcell',
  ];
  return `${table(head, rows)}\n\nLambda on arm64; 512 MB. ${asOf}`;
}

/** The same waits, by what an instance serves: a million, then a thousand million. */
export function waitStylesTable({ waitStyles }: CostRecords): string {
  const [few, fewAsync, many, manyAsync] = waitStyles as [PricedCase, PricedCase, PricedCase, PricedCase];
  const compared = (id: string, blocking: PricedCase, async: PricedCase) => {
    const [one, other] = [bill(blocking, id).totalUsd, bill(async, id).totalUsd];
    return [usd(one), usd(other), one === other ? 'equal' : `${(one / other).toFixed(1)} times`];
  };
  const rows = few.platforms.map(({ id, name }) => [
    name,
    ...compared(id, few, fewAsync),
    ...compared(id, many, manyAsync),
  ]);
  const head = ['a million: `blocking`', '`async`', '', 'a thousand million: `blocking`', '`async`', ''];
  return `${table(['platform', ...head], rows)}\n\nWaits of 50 ms at 512 MB. ${asOf}`;
}

/** What README.md says of it, in two small tables. */
export function readmeCosts(records: CostRecords): string {
  const [alone, shared] = records.leapcell as [PricedCase, PricedCase];
  const load = [...alone.platforms]
    .sort((one, other) => one.totalUsd - other.totalUsd)
    .map(({ id, name }) => [name, usd(bill(alone, id).totalUsd), usd(bill(shared, id).totalUsd)]);
  const [sequential, concurrent] = records.fanOut as [PricedCase, PricedCase];
  const fan = [ARM_HTTP, 'lambda-arm64-provisioned', 'cloud-run', 'leapcell'].map((id) => [
    bill(sequential, id).name,
    usd(bill(sequential, id).perMillionUsd),
    usd(bill(concurrent, id).perMillionUsd),
  ]);
  return [
    table(
      [
        '6.94 million requests of 60 ms, 512 MB',
        'a month, one at a time an instance',
        'when 80 come together',
      ],
      load,
    ),
    table(
      [
        'a million requests, each with five calls of 3 s',
        'one after the other (15.26 s)',
        'all at once (3.24 s)',
      ],
      fan,
    ),
    asOf,
  ].join('\n\n');
}
