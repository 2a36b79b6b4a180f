/**
 * What is counted of one application: the requests it answered and the calls it made. Labels are bounded here, in one
 * place: a route's template, a host that the operator named, a problem's code, never a word of a caller's own. A label
 * with no bound is a series for each value, kept until the process ends.
 */
import type { ProblemCode } from '../problem.js';
import { HostLabels } from './host-labels.js';
import type { PrometheusMetrics } from './prometheus-metrics.js';

/** A request that was answered. */
export interface CountedRequest {
  /** As it was sent. What is no method of this API or of HTTP's common ones counts as `other`. */
  readonly method: string;
  /** The route's template, `/v1/users/:id`; undefined: there is none for this path and method. */
  readonly route: string | undefined;
  readonly status: number;
  /** From the request's arrival to the end of its answer. */
  readonly durationMs: number;
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
const classOf = (status: number): string => `${Math.floor(status / 100)}xx`;

export class Metrics {
  readonly #hosts: HostLabels;

  private constructor(
    hosts: readonly string[],
    private readonly prometheus: PrometheusMetrics | undefined,
  ) {
    this.#hosts = new HostLabels(hosts);
  }

  /**
   * One for each application: two in one process count apart.
   * @param options `hosts`: `host` or `host:port`, the upstreams that get a label of their own.
   *   `isFunction`: nothing can collect from one, so nothing is kept and prom-client is neither loaded nor bundled
   */
  static async open(options: { isFunction: boolean; hosts: readonly string[] }): Promise<Metrics> {
    if (options.isFunction) return new Metrics(options.hosts, undefined);
    const { PrometheusMetrics } = await import('./prometheus-metrics.js');
    return new Metrics(options.hosts, new PrometheusMetrics());
  }

  /** Call once a request, after its answer. */
  countRequest({ method, route = 'none', status, durationMs }: CountedRequest): void {
    this.prometheus?.countRequest(
      { method: methodLabel(method), route, status_class: classOf(status) },
      durationMs,
    );
  }

  /**
   * Call once a request that was refused while it was still being parsed: it has no route and took no time.
   * @param method undefined where not even that could be read
   */
  countRefusedRequest(method: string | undefined, status: number): void {
    this.prometheus?.countRequest(
      { method: methodLabel(method), route: 'none', status_class: classOf(status) },
      undefined,
    );
  }

  /** Call once an upstream call, after its end, whatever that was. Not for what was refused: `countRefusal`. */
  countOutboundCall({ host, port, status, code, durationMs }: CountedCall): void {
    this.prometheus?.countOutboundCall(
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
    this.prometheus?.countRefusal(code);
  }

  /** All that was counted, as Prometheus reads it. Not in a function, which has no route for it. */
  async exposition(): Promise<Exposition> {
    if (!this.prometheus) throw new Error('Nothing is kept to be collected.');
    return this.prometheus.exposition();
  }
}
