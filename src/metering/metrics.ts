/**
 * What is counted of one application: the requests it answered and the calls it made. Labels are bounded here, in one
 * place: a route's template, a host that the operator named, a problem's code, never a word of a caller's own. A label
 * with no bound is a series for each value, kept until the process ends.
 */
import type { ProblemCode } from '../problem.js';
import { EmfLines } from './emf-lines.js';
import { HostLabels } from './host-labels.js';
import type { PrometheusMetrics } from './prometheus-metrics.js';
import type { LimitName, RequestMeter } from './request-meter.js';
import type { Stall } from './stall-detector.js';

/** A request that is over. */
export interface CountedRequest {
  readonly requestId: string;
  /** As it was sent. What is no method of this API or of HTTP's common ones counts as `other`. */
  readonly method: string;
  /** The route's template, `/v1/users/:id`; undefined: there is none for this path and method. */
  readonly route: string | undefined;
  /** Undefined where its answer broke off: the caller left, or what was to follow did not come. */
  readonly status: number | undefined;
  /** From the request's arrival to the end of its answer. */
  readonly durationMs: number;
  /** What of it was spent where. */
  readonly meter: RequestMeter;
}

/** One call to an upstream: one attempt, one hop. A redirect and a retry are calls of their own. */
export interface CountedCall {
  /** As `URL.hostname` has it. */
  readonly host: string;
  /** Where it went, also where the URL leaves it to the scheme. */
  readonly port: number;
  /** Undefined where no answer's head came. */
  readonly status: number | undefined;
  /** What the call ended with instead of a response (`UPSTREAM_TIMEOUT`, ...); undefined: with a response, whatever its status. */
  readonly code: ProblemCode | undefined;
  /** From the look-up of the host to the end of the body, or to the failure. */
  readonly durationMs: number;
}

/** What a scrape gets. */
export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/** All that one process has counted: JSON, to be sent to another, as prom-client's `getMetricsAsJSON` has it. */
export type MetricSnapshot = readonly {
  readonly name: string;
  readonly help: string;
  /** `gauge`: true of that moment only, and of no process that has ended. */
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** How the values of several processes become one: `sum`, `max`, ... */
  readonly aggregator: string;
  readonly values: readonly {
    readonly labels: Readonly<Record<string, string | number>>;
    readonly value: number;
    readonly metricName?: string;
  }[];
}[];

/** Asks the other processes that serve the same port. @returns theirs and `own` */
export type GatherMetrics = (own: MetricSnapshot) => Promise<readonly MetricSnapshot[]>;

interface MetricsOptions {
  /** Nothing can collect from one, so nothing is kept and prom-client is neither loaded nor bundled. */
  isFunction: boolean;
  /** The function's name, where each request leaves a line for CloudWatch. */
  emfFunction?: string | undefined;
  /** `host` or `host:port`: the upstreams that get a label of their own. */
  hosts: readonly string[];
  /** Where this process is one of several; a scrape, which only one of them gets, is then answered for all. */
  gather?: GatherMetrics | undefined;
}

const methods: ReadonlySet<string | undefined> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
]);

const methodLabel = (method: string | undefined): string =>
  method && methods.has(method) ? method : 'other';

/** `2xx` and its like; three digits are all that Node takes for a status. */
const classOf = (status: number | undefined): string =>
  status === undefined ? 'aborted' : `${Math.floor(status / 100)}xx`;

export class Metrics {
  readonly #hosts: HostLabels;
  readonly #gather: GatherMetrics;
  readonly #lines: EmfLines | undefined;
  #prometheus: PrometheusMetrics | undefined;
  #inFlight = (): number => 0;

  private constructor({ hosts, gather = async (own) => [own], emfFunction }: MetricsOptions) {
    this.#hosts = new HostLabels(hosts);
    this.#gather = gather;
    this.#lines = emfFunction === undefined ? undefined : new EmfLines(emfFunction);
  }

  /** One for each application: two in one process count apart. */
  static async open(options: MetricsOptions): Promise<Metrics> {
    const metrics = new Metrics(options);
    if (options.isFunction) return metrics;
    const { PrometheusMetrics } = await import('./prometheus-metrics.js');
    metrics.#prometheus = new PrometheusMetrics(() => metrics.#inFlight());
    return metrics;
  }

  /** @param count how many requests are being answered at the moment */
  watchInFlight(count: () => number): void {
    this.#inFlight = count;
  }

  /** Call once a request, after its answer. */
  countRequest({ requestId, method, route = 'none', status, durationMs, meter }: CountedRequest): void {
    const labels = { method: methodLabel(method), route, status_class: classOf(status) };
    this.#prometheus?.countRequest(labels, durationMs);
    this.#lines?.write({ ...labels, requestId, durationMs, meter });
  }

  /**
   * Call once a request that was refused while it was still being parsed: it has no route and took no time.
   * @param method undefined where not even that could be read
   */
  countRefusedRequest(method: string | undefined, status: number): void {
    const labels = { method: methodLabel(method), route: 'none', status_class: classOf(status) };
    this.#prometheus?.countRequest(labels, undefined);
    this.#lines?.write({ ...labels, durationMs: 0, meter: {} });
  }

  /** Call once a request that was refused because there is too much to do; it is counted as a request besides. */
  countShed(): void {
    this.#prometheus?.countShed();
  }

  /** Call once a stall, after it. */
  countStall({ method, route, heldMs }: Stall): void {
    this.#prometheus?.countStall({ method: method === 'none' ? method : methodLabel(method), route }, heldMs);
  }

  /** Call once an upstream call, after its end, whatever that was. Not for what was refused: `countRefusal`. */
  countOutboundCall({ host, port, status, code, durationMs }: CountedCall): void {
    this.#prometheus?.countOutboundCall(
      {
        host: this.#hosts.labelOf(host, port),
        // The head of an answer that was too large is no success.
        status_class: status === undefined || code !== undefined ? 'failed' : classOf(status),
      },
      code,
      durationMs,
    );
  }

  /** Call once a call that was not made: its target is not allowed, its URL none, a limit reached. */
  countRefusal(code: ProblemCode): void {
    this.#prometheus?.countRefusal(code);
  }

  /** Call once a request that was refused because it was one too many. */
  countLimited(limit: LimitName): void {
    this.#prometheus?.countLimited(limit);
  }

  /** What this process has counted. Not in a function. */
  async snapshot(): Promise<MetricSnapshot> {
    return this.#kept().snapshot();
  }

  /** What all processes have counted, as Prometheus reads it. Not in a function, which has no route for it. */
  async exposition(): Promise<Exposition> {
    const kept = this.#kept();
    return kept.sum(await this.#gather(await kept.snapshot()));
  }

  #kept(): PrometheusMetrics {
    if (!this.#prometheus) throw new Error('Nothing is kept to be collected.');
    return this.#prometheus;
  }
}
