/** `--check`: holds a run against the committed record of its scenario. */
import { compareWithRecord, type Finding } from './compare-with-record.js';
import { machineDifference } from './machine-difference.js';
import { readResult } from './read-result.js';
import type { Result } from './result.js';
import type { Figure, Scenario } from './scenario.js';

/** @returns lines for people, and how many are worse. What cannot be compared is said, not failed. */
export async function checkRecord(
  scenario: Scenario,
  run: Result,
): Promise<{ lines: string[]; worse: number }> {
  const { compared } = scenario;
  const record = await readResult(run.bench);
  if (!compared)
    return { lines: [`${run.bench} has no yardstick in its run: nothing is compared`], worse: 0 };
  if (!record) return { lines: [`${run.bench} has no record: nothing is compared`], worse: 0 };
  const findings = compareWithRecord(
    compared(record.rows, record.conditions),
    compared(run.rows, run.conditions),
  );
  const difference = machineDifference(record.machine, run.machine);
  const worse = findings.filter(({ verdict }) => verdict === 'worse').length;
  return {
    lines: [
      `${run.bench}: parts of a yardstick of the same run, held against the record of ${record.date.slice(0, 10)}`,
      ...(difference ? [`The record is of another machine: ${difference}`] : []),
      ...findings.map(lineOf),
    ],
    worse,
  };
}

const lineOf = ({ what, was, now, verdict }: Finding): string =>
  `${verdict.padEnd(17)} ${what}: ${text(was)} in the record, ${text(now)} now`;

const text = (figure: Figure | undefined): string =>
  figure ? `${figure.median.toFixed(3)} (${figure.min.toFixed(3)}–${figure.max.toFixed(3)})` : 'nothing';
