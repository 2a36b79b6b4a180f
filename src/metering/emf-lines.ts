/**
 * A line for each request from which CloudWatch makes metrics, on a function's standard output: its Embedded Metric
 * Format, https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html.
 * Every metric of every combination of dimensions is asked $0.30 a month: there are 6 of the function and one of each route.
 */
import type { RequestMeter } from './request-meter.js';

/** All of it from a bounded set but the request's id, which is a property and no dimension. */
export interface EmfRequest {
  readonly requestId?: string;
  readonly method: string;
  readonly route: string;
  readonly status_class: string;
  readonly durationMs: number;
  readonly meter: RequestMeter;
}

const inMs = (Name: string) => ({ Name, Unit: 'Milliseconds' });
const counted = (Name: string) => ({ Name, Unit: 'Count' });
/** CloudWatch keeps no more of a value than means something here. */
const rounded = (ms: number): number => Number(ms.toFixed(3));

export class EmfLines {
  #isCold = true;

  /** @param functionName as the platform has it */
  constructor(private readonly functionName: string) {}

  /** Written at once, as the log is: a function is frozen with its answer. */
  write({ requestId, method, route, status_class: statusClass, durationMs, meter }: EmfRequest): void {
    const { db, upstream } = meter;
    const ofTheFunction = [
      inMs('Duration'),
      counted('ClientErrors'),
      counted('ServerErrors'),
      counted('ColdStarts'),
      // Their averages are then of the requests that have such a part.
      ...(db === undefined ? [] : [inMs('DatabaseDuration')]),
      ...(upstream === undefined ? [] : [inMs('UpstreamDuration')]),
    ];
    const directive = (Dimensions: string[][], Metrics: object[]) => ({
      Namespace: 'Farebox',
      Dimensions,
      Metrics,
    });
    const line = {
      _aws: {
        Timestamp: Date.now(),
        CloudWatchMetrics: [
          directive([['function']], ofTheFunction),
          directive([['function', 'route']], [inMs('Duration')]),
        ],
      },
      function: this.functionName,
      route,
      method,
      statusClass,
      requestId,
      Duration: rounded(durationMs),
      ClientErrors: Number(statusClass === '4xx'),
      // Where nobody can leave, an answer that breaks off is our doing.
      ServerErrors: Number(statusClass === '5xx' || statusClass === 'aborted'),
      ColdStarts: Number(this.#isCold),
      DatabaseDuration: db && rounded(db),
      UpstreamDuration: upstream && rounded(upstream),
    };
    this.#isCold = false;
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }
}
