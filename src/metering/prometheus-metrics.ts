/** Counters, histograms and gauges that Prometheus collects from a server. Loaded only there: see `Metrics.open`. */
import { createRequire } from 'node:module';
import type * as PromClient from 'prom-client';
import { EventLoop } from './event-loop.js';
import type { Exposition, MetricSnapshot } from './metrics.js';

/** File by file: the package's front loads 88, OpenTelemetry among them, for what is not used here, and these are 10. */
const load = createRequire(import.meta.url);
const Counter: typeof PromClient.Counter = load('prom-client/lib/counter.js');
const Gauge: typeof PromClient.Gauge = load('prom-client/lib/gauge.js');
const Histogram: typeof PromClient.Histogram = load('prom-client/lib/histogram.js');
const Registry: typeof PromClient.Registry = load('prom-client/lib/registry.js');
/** Only for summing: one of these would listen to the messages of a cluster, whose sender it does not know. */
const { aggregate }: typeof PromClient.AggregatorRegistry = load('prom-client/lib/cluster.js');

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
const US_A_SECOND = 1e6;

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

  readonly #limited = this.#counter<'limit'>(
    'farebox_rate_limited_total',
    'Requests refused because a rate limit was reached',
    ['limit'],
  );
  readonly #shed = this.#counter('farebox_requests_shed_total', 'Requests refused because of overload', []);

  readonly #stalls = this.#counter<'method' | 'route'>(
    'farebox_event_loop_stalls_total',
    'Times that the event loop was held for longer than LOOP_STALL_MS, by the route that did',
    ['method', 'route'],
  );
  readonly #stalledSeconds = this.#counter<'method' | 'route'>(
    'farebox_event_loop_stalled_seconds_total',
    'Seconds that the event loop was held in these stalls',
    ['method', 'route'],
  );

  /** @param inFlight how many requests are being answered */
  constructor(inFlight: () => number) {
    const loop = EventLoop.ofThisProcess();
    this.#gauge('farebox_http_requests_in_flight', 'Requests that are being answered', 'sum', inFlight);
    this.#gauge('farebox_processes', 'Processes that serve', 'sum', () => 1);
    this.#gauge(
      'farebox_event_loop_utilization_ratio',
      'Share of the last half second in which the event loop worked: the mean of all processes',
      'average',
      () => loop.sample.utilization,
    );
    this.#loopDelays(loop);
    this.#process();
  }

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

  countLimited(limit: string): void {
    this.#limited.inc({ limit });
  }

  countShed(): void {
    this.#shed.inc();
  }

  countStall(labels: Record<'method' | 'route', string>, heldMs: number): void {
    this.#stalls.inc(labels);
    this.#stalledSeconds.inc(labels, heldMs / MS_A_SECOND);
  }

  async snapshot(): Promise<MetricSnapshot> {
    return (await this.#registry.getMetricsAsJSON()) as unknown as MetricSnapshot;
  }

  /** One exposition of what several processes have. */
  async sum(snapshots: readonly MetricSnapshot[]): Promise<Exposition> {
    const registry = aggregate([...snapshots]);
    return { contentType: registry.contentType, text: await registry.metrics() };
  }

  #loopDelays(loop: EventLoop): void {
    new Gauge({
      name: 'farebox_event_loop_delay_seconds',
      help: 'How late the event loop was in the last half second: of the latest process',
      labelNames: ['statistic'],
      aggregator: 'max',
      registers: [this.#registry],
      collect() {
        const { meanMs, p99Ms, maxMs } = loop.sample;
        for (const [statistic, ms] of Object.entries({ mean: meanMs, p99: p99Ms, max: maxMs }))
          this.set({ statistic }, ms / MS_A_SECOND);
      },
    });
  }

  /** Under the names that every Prometheus client gives them. */
  #process(): void {
    const { rss } = process.memoryUsage;
    this.#gauge('process_resident_memory_bytes', 'Resident memory in bytes', 'sum', () => rss());
    const startedS = Date.now() / MS_A_SECOND - process.uptime();
    this.#gauge(
      'process_start_time_seconds',
      'Start of the oldest process, since 1970',
      'min',
      () => startedS,
    );
    new Counter({
      name: 'process_cpu_seconds_total',
      help: 'Processor time used, in seconds',
      registers: [this.#registry],
      collect() {
        const { user, system } = process.cpuUsage();
        this.reset();
        this.inc((user + system) / US_A_SECOND);
      },
    });
  }

  /** @param aggregator what several processes' values become */
  #gauge(name: string, help: string, aggregator: PromClient.Aggregator, read: () => number): void {
    new Gauge({
      name,
      help,
      aggregator,
      registers: [this.#registry],
      collect() {
        this.set(read());
      },
    });
  }

  #counter<T extends string>(name: string, help: string, labelNames: T[]): PromClient.Counter<T> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #durations<T extends string>(name: string, help: string, labelNames: T[]): PromClient.Histogram<T> {
    const buckets = DURATION_BUCKETS_SECONDS;
    return new Histogram({ name, help, labelNames, buckets, registers: [this.#registry] });
  }
}
