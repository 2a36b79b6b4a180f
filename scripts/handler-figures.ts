/**
 * What docs/handlers.md and README.md say of handlers in figures: `<!--=name-->figure<!--/-->` within their text, from
 * the committed results. What has no result yet says so; a name that nobody knows is an error.
 */

import type { Cell } from '../bench/cell.js';
import { number } from '../bench/number.js';
import { usd } from '../src/cost/usd.js';
import type { RaceContestant } from '../src/lab/races/races.schema.js';

/** Reads a file of the project; '' where there is none. */
type Read = (path: string) => Promise<string>;

interface Median {
  median: number;
}

/** As `npm run generate` writes it: a load, priced. */
interface Priced {
  what: string;
  platforms: { id: string; perMillionUsd: number }[];
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;
const milliseconds = (ms: number): string => (ms >= 1_000 ? seconds(ms) : `${number(ms)} ms`);

export async function handlerFigures(read: Read): Promise<Record<string, string>> {
  const result = async (name: string) => JSON.parse((await read(`bench/results/${name}.json`)) || '{}');
  const cellsOf = async (name: string) => ((await result(name)).rows ?? []) as Cell[];
  const [handlers, neighbours, processes, tls] = await Promise.all(
    ['handlers', 'noisy-neighbour', 'processes', 'tls'].map(cellsOf),
  );
  const { figures } = await result('race');
  const { fanOut: priced = [], waitStyles = [] } = await result('cost');
  const calls = ((await result('fan-out')).rows ?? []) as { what: string; tookMs: Median }[];

  /** Of a peer, or of TLS, there may be none: not every machine has them. */
  const cell = (cells: Cell[] | undefined, what: string, side = 'Farebox') => {
    const found = cells?.find((it) => it.what.startsWith(what) && it.side === side);
    if (!found && side === 'Farebox' && cells && cells.length > 0) throw new Error(`no result has ${what}`);
    return found;
  };
  const style = (workload: string, name: string): RaceContestant | undefined =>
    figures?.races
      .find(({ asked }: { asked: { workload: string } }) => asked.workload === workload)
      ?.table.contestants.find((it: RaceContestant) => it.style === name);
  const perMillion = (cases: Priced[], what: string, id: string) =>
    cases.find((it) => it.what.startsWith(what))?.platforms.find((it) => it.id === id)?.perMillionUsd;
  const took = (strategy: string) =>
    calls.find(({ what }) => what.startsWith(`5 calls of 3 s by batch, ${strategy}`))?.tookMs.median;
  const said = (value: number | null | undefined, write: (value: number) => string): string =>
    typeof value === 'number' && Number.isFinite(value) ? write(value) : 'not measured yet';
  const part = (one?: number, other?: number) =>
    one === undefined || other === undefined ? undefined : one / other;

  const awaited = cell(handlers, '/asyncwait, async, 100 at once, n=1000');
  const pooled = cell(handlers, '/wait, async, 100 at once, n=1000');
  const blocking = cell(handlers, '/blockingwait, async, 100 at once, n=100');
  const beside = (neighbour: string) => cell(neighbours, `waits of 50 ms beside: ${neighbour}`);
  const [fibInline, fibAwaited, fibWorker] = ['blocking', 'async', 'worker'].map((it) => style('fib', it));
  const [waitInline, waitAwaited, waitWorker] = ['blocking', 'async', 'worker'].map((it) =>
    style('wait', it),
  );
  const function_ = 'lambda-arm64-function-url';
  const inTurn = 'style blocking, one at a time';
  return {
    'await-rate': said(awaited?.perSecond.median, number),
    'pool-rate': said(pooled?.perSecond.median, number),
    'pool-law': said(pooled?.ideal, number),
    'blocking-rate': said(blocking?.perSecond.median, number),
    'await-usd-shared': said(awaited?.usdPerMillion.shared, usd),
    'blocking-usd-shared': said(blocking?.usdPerMillion.shared, usd),
    'await-usd-one': said(awaited?.usdPerMillion.oneRequest, usd),
    'blocking-usd-one': said(blocking?.usdPerMillion.oneRequest, usd),

    'neighbour-none-p99': said(beside('alone')?.p99Ms.median, milliseconds),
    'neighbour-worker-p99': said(beside('fib(42) in a worker')?.p99Ms.median, milliseconds),
    'neighbour-blocking-p99': said(beside('fib(42), blocking')?.p99Ms.median, milliseconds),
    'neighbour-awaiting-p99': said(beside('fib(32), awaiting')?.p99Ms.median, milliseconds),

    'processes-wait': said(cell(processes, '50 ms awaited, 2')?.beside?.part.median, number),
    'processes-fib': said(cell(processes, 'fib(25) on the event loop, 2')?.beside?.part.median, number),

    'calls-sequential': said(took('sequential'), seconds),
    'calls-bounded': said(took('bounded'), seconds),
    'calls-concurrent': said(took('concurrent'), seconds),
    'calls-sequential-usd': said(
      perMillion(priced, '5 calls of 3 s, one after the other, as measured by Farebox', function_),
      usd,
    ),
    'calls-concurrent-usd': said(
      perMillion(priced, '5 calls of 3 s, all at once, as measured by Farebox', function_),
      usd,
    ),

    'wait-function-usd': said(perMillion(waitStyles, inTurn, function_), usd),
    'wait-alone-usd': said(perMillion(waitStyles, inTurn, 'cloud-run'), usd),
    'wait-shared-usd': said(perMillion(waitStyles, 'style async', 'cloud-run'), usd),

    'race-blocking-victim': said(waitInline?.victimMs.p99, milliseconds),
    'race-await-victim': said(waitAwaited?.victimMs.p99, milliseconds),
    'race-worker-victim': said(waitWorker?.victimMs.p99, milliseconds),
    'race-blocking-billed': said(waitInline?.billedMs, milliseconds),
    'race-await-billed': said(waitAwaited?.billedMs, milliseconds),
    'race-await-each-cpu': said(part(fibAwaited?.cpuMs, fibInline?.cpuMs), number),
    'race-await-each-victim': said(fibAwaited?.victimMs.p99, milliseconds),
    'race-await-each-usd': said(fibAwaited?.usdPerMillion.oneRequestInstance?.median, usd),
    'race-inline-usd': said(fibInline?.usdPerMillion.oneRequestInstance?.median, usd),
    'race-thread-usd': said(fibWorker?.usdPerMillion.oneRequestInstance?.median, usd),
    'race-thread-victim': said(fibWorker?.victimMs.p99, milliseconds),
    'race-inline-victim': said(fibInline?.victimMs.p99, milliseconds),

    'tls-kept': said(cell(tls, 'kept connections', 'HTTPS')?.beside?.part.median, number),
    'tls-new': said(cell(tls, 'a new connection', 'HTTPS')?.beside?.part.median, number),
    'connection-kept-rate': said(cell(tls, 'kept connections', 'HTTP')?.perSecond.median, number),
    'connection-new-rate': said(cell(tls, 'a new connection', 'HTTP')?.perSecond.median, number),
  };
}

/** @throws Error when `text` wants a figure that there is not */
export const withFigures = (text: string, figures: Record<string, string>): string =>
  text.replace(/<!--=([\w-]+)-->[^<]*<!--\/-->/g, (_found, name: string) => {
    if (figures[name] === undefined) throw new Error(`no figure ${name}`);
    return `<!--=${name}-->${figures[name]}<!--/-->`;
  });
