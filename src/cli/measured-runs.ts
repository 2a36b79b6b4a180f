/** What a result file says of requests: what one takes alone, what it takes in company, and how much of that it computes. */

import { keptBusy } from '../cost/kept-busy.js';
import { type Company, type Load, loadFields } from '../cost/load.js';
import { MEMORY_MB } from '../cost/per-million.js';

export interface MeasuredRun {
  /** As the file names it. */
  what: string;
  load: Partial<Load>;
  /** Where an instance is shared; absent where only what it takes alone is known. */
  company?: Company;
}

/** A record that says nothing that could be priced. */
export interface UnpricedRun {
  what: string;
  lacks: readonly string[];
}

type Fields = Record<string, unknown>;
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const listOf = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isObject) : []);
const partOf = (value: unknown): Fields => (isObject(value) ? value : {});

/** A number, or the median of a figure of several rounds. */
function numberOf(value: unknown): number | undefined {
  const number = isObject(value) ? value.median : value;
  return typeof number === 'number' ? number : undefined;
}

const NAMES = ['product', 'what', 'request', 'side', 'style'];
const nameOf = (record: Fields): string =>
  NAMES.map((name) => record[name])
    .filter((name) => typeof name === 'string')
    .join(', ');

/** A result of the bench, a race as the API or its trial tells it, or one load. */
export function measuredRuns(file: unknown): (MeasuredRun | UnpricedRun)[] {
  if (!isObject(file)) return [];
  if (Array.isArray(file.rows)) return listOf(file.rows).map(runOf);
  const races = 'asked' in file ? [file] : listOf(partOf(file.figures).races);
  if (races.length > 0) return races.flatMap(contestantsOf);
  const load = numbersOf(file);
  return load.durationMs === undefined ? [] : [{ what: nameOf(file) || 'a request', load }];
}

function numbersOf(file: Fields): Partial<Load> {
  const named = Object.keys(loadFields).filter((name) => typeof file[name] === 'number');
  const billedMs = numberOf(file.billedMs);
  return {
    ...(billedMs !== undefined && { durationMs: billedMs }),
    ...Object.fromEntries(named.map((name) => [name, file[name]])),
  };
}

/** A row of the bench: alone and in company as its dollars were computed, or a piece of work by how long it took. */
function runOf(row: Fields): MeasuredRun | UnpricedRun {
  const what = nameOf(row) || 'a row';
  const cpuMs = numberOf(row.cpuMs);
  const memoryMb = MEMORY_MB;
  const tookMs = numberOf(row.tookMs);
  if (tookMs !== undefined) return { what, load: { durationMs: tookMs, memoryMb } };
  const figures = {
    aloneMs: numberOf(row.aloneMs),
    companions: numberOf(row.companions),
    p50Ms: numberOf(row.p50Ms),
  };
  const { aloneMs, companions, p50Ms } = figures;
  if (aloneMs === undefined || companions === undefined || p50Ms === undefined)
    return { what, lacks: Object.entries(figures).flatMap(([name, it]) => (it === undefined ? [name] : [])) };
  return {
    what,
    load: { durationMs: aloneMs, memoryMb, ...(cpuMs !== undefined && { cpuMs }) },
    company: { durationMs: p50Ms, concurrency: companions },
  };
}

function contestantsOf({ asked, table }: Fields): MeasuredRun[] {
  const { workload } = partOf(asked);
  return listOf(partOf(table).contestants).map(({ style, billedMs, instanceMs, cpuMs }) => ({
    what: `${workload}, ${style}`,
    load: { durationMs: Number(billedMs), cpuMs: Number(cpuMs), memoryMb: MEMORY_MB },
    company: keptBusy(Number(instanceMs)),
  }));
}
