/** Counters and histograms that Prometheus collects from a server. Loaded only there: see `Metrics.open`. */
import { createRequire } from 'node:module';
import type * as PromClient from 'prom-client';
import type { Exposition } from './metrics.js';

/** File by file: the package's front loads 88, OpenTelemetry among them, for what is not used here, and these are 7. */
const load = createRequire(import.meta.url);
const Counter: typeof PromClient.Counter = load('prom-client/lib/counter.js');
const Histogram: typeof PromClient.Histogram = load('prom-client/lib/histogram.js');
const Registry: typeof PromClient.Registry = load('prom-client/lib/registry.js');

/**
 * Seconds, the same for requests and upstream calls, so that the one can be laid beside the other. Up to 0.1 fine enough
 * to tell an answer from memory (1 ms), a database's (5 to 10 ms) and a password's hash (50 to 100 ms) apart; then in steps of 2 to 2.5;
 * and a bound at 5, 10 and 25, where the database, an upstream call and a batch are given up as they are set by default
 * or at most. Each bound is a series for each method and route: 12 make 15, with infinity, sum and count.
 */
const DURATION_BUCKETS_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25];

type RequestLabel = 'method' | 'route' | 'status_class';
type CallLabel = 'host' | 'status_class';

const MS_A_SECOND = 1000;

export class PrometheusMetrics {
  /** Its own, not the package's global one: several applications may live in a process. */
  readonly #registry = new Registry();

  readonly #requests = this.#counter<RequestLabel>('farebox_http_requests_total', 'Requests answered', [
    'method',
    'route',
    'status_class',
  ]);
  readonly #requestDurations = this.#durations<'method' | 'route'>(
    'farebox_http_request_duration_seconds',
    'Seconds from the arrival of a request to the end of its answer',
    ['method', 'route'],
  );
  readonly #calls = this.#counter<CallLabel>(
    'farebox_outbound_calls_total',
    'Calls made to upstreams; status_class failed: without a usable answer',
    ['host', 'status_class'],
  );
  readonly #callDurations = this.#durations<'host'>(
    'farebox_outbound_call_duration_seconds',
    'Seconds a call to an upstream took',
    ['host'],
  );
  readonly #failures = this.#counter<'host' | 'code'>(
    'farebox_outbound_failures_total',
    'Calls made to upstreams that ended without a usable answer, by problem code',
    ['host', 'code'],
  );
  readonly #refusals = this.#counter<'code'>(
    'farebox_outbound_refusals_total',
    'Calls to upstreams that were asked for and not made, by problem code',
    ['code'],
  );

  countRequest(labels: Record<RequestLabel, string>, durationMs: number | undefined): void {
    this.#requests.inc(labels);
    if (durationMs === undefined) return;
    const { method, route } = labels;
    this.#requestDurations.observe({ method, route }, durationMs / MS_A_SECOND);
  }

  countOutboundCall(labels: Record<CallLabel, string>, code: string | undefined, durationMs: number): void {
    const { host } = labels;
    this.#calls.inc(labels);
    this.#callDurations.observe({ host }, durationMs / MS_A_SECOND);
    if (code !== undefined) this.#failures.inc({ host, code });
  }

  countRefusal(code: string): void {
    this.#refusals.inc({ code });
  }

  async exposition(): Promise<Exposition> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  #counter<T extends string>(name: string, help: string, labelNames: T[]): PromClient.Counter<T> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #durations<T extends string>(name: string, help: string, labelNames: T[]): PromClient.Histogram<T> {
    const buckets = DURATION_BUCKETS_SECONDS;
    return new Histogram({ name, help, labelNames, buckets, registers: [this.#registry] });
  }
}
