import { lambdaCost } from '../src/cost/lambda-cost.js';
import type { Architecture, FrontDoor } from '../src/cost/lambda-lines.js';
import type { Served } from './serve.js';

interface Rates {
  memoryMb: number;
  architecture: Architecture;
  frontDoor: FrontDoor;
}

const MILLION = 1_000_000;

const usd = (amount: number): string => `$${amount.toFixed(9)}`;
const usdAMillion = (amount: number): string => `$${(amount * MILLION).toFixed(2)} a million`;

/** One line a request, and their sum. */
export class RequestLines {
  #requests = 0;
  #coldStarts = 0;
  #billedMs = 0;
  #usd = 0;

  constructor(readonly rates: Rates) {}

  add({ method, path, status, result, payloadBytes }: Served): string {
    const report = result?.report;
    const { totalUsd, frontDoorUsd } = lambdaCost({
      requests: 1,
      billedMs: report?.billedMs ?? 0,
      ...this.rates,
      payloadBytes,
    });
    // What the service answered by itself is no request to the function.
    const costUsd = report ? totalUsd : frontDoorUsd;
    this.#requests += 1;
    this.#coldStarts += report?.initMs === undefined ? 0 : 1;
    this.#billedMs += report?.billedMs ?? 0;
    this.#usd += costUsd;
    return [
      `${method} ${path} ${status}`,
      ...(report
        ? [
            report.initMs === undefined ? 'warm' : `cold, init ${report.initMs.toFixed(1)} ms`,
            `${report.durationMs.toFixed(1)} ms`,
            `billed ${report.billedMs} ms`,
            `${report.maxMemoryMb} of ${report.memoryMb} MB`,
          ]
        : ['not invoked']),
      usd(costUsd),
      usdAMillion(costUsd),
      ...(result?.functionError ? [whatFailed(result.payload)] : []),
    ].join('  ');
  }

  sum(): string {
    const average = this.#requests === 0 ? 0 : this.#usd / this.#requests;
    return `${this.#requests} requests, ${this.#coldStarts} cold, billed ${this.#billedMs} ms: ${usd(this.#usd)}, ${usdAMillion(average)}`;
  }
}

/** On one line. */
export function whatFailed(payload: string): string {
  const { errorType, errorMessage } = JSON.parse(payload) as { errorType?: string; errorMessage?: string };
  return `${errorType}: ${errorMessage}`.replace(/\s*\n\s*/g, ' | ');
}
