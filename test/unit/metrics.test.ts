import { describe, expect, test } from 'vitest';
import { HostLabels } from '#dist/metering/host-labels.js';
import { type MetricSnapshot, Metrics } from '#dist/metering/metrics.js';

const hosts = ['api.example.org', 'API.Example.com:8443', '[2001:db8::1]:8080', '192.0.2.7'];
const request = { requestId: 'r', method: 'GET', route: '/', status: 200, durationMs: 1, meter: {} };
const call = { host: 'api.example.org', port: 443, status: 200, code: undefined, durationMs: 12 };

/** The samples of one metric, without its help. */
async function samplesOf(metrics: Metrics, name: string): Promise<string[]> {
  const { text } = await metrics.exposition();
  return text.split('\n').filter((line) => line.startsWith(name));
}

test.each([
  ['api.example.org', 443, 'api.example.org'],
  ['api.example.org', 8443, 'api.example.org'],
  ['api.example.com', 8443, 'api.example.com:8443'],
  ['API.EXAMPLE.COM', 8443, 'api.example.com:8443'],
  ['api.example.com', 443, 'other'],
  ['[2001:db8::1]', 8080, '[2001:db8::1]:8080'],
  ['192.0.2.7', 80, '192.0.2.7'],
  ['example.org', 443, 'other'],
  ['evil.api.example.org', 443, 'other'],
  ['api.example.org.evil.test', 443, 'other'],
  ['constructor', 443, 'other'],
  ['', 0, 'other'],
])('a call to %s at port %d is counted under %s', (host, port, label) => {
  expect(new HostLabels(hosts).labelOf(host, port)).toBe(label);
});

test('however many hosts are called, only those that the operator named have a series', async () => {
  const metrics = await Metrics.open({ isFunction: false, hosts });
  for (let n = 0; n < 1_000; n++) metrics.countOutboundCall({ ...call, host: `n${n}.example.net` });
  metrics.countOutboundCall(call);
  expect(await samplesOf(metrics, 'farebox_outbound_calls_total')).toEqual([
    'farebox_outbound_calls_total{host="other",status_class="2xx"} 1000',
    'farebox_outbound_calls_total{host="api.example.org",status_class="2xx"} 1',
  ]);
  expect(await samplesOf(metrics, 'farebox_outbound_call_duration_seconds_sum')).toHaveLength(2);
  expect(await samplesOf(metrics, 'farebox_outbound_call_duration_seconds_count')).toHaveLength(2);
});

test('a call without a usable answer has failed, and is counted by its code too', async () => {
  const metrics = await Metrics.open({ isFunction: false, hosts });
  metrics.countOutboundCall({ ...call, status: 503 });
  metrics.countOutboundCall({ ...call, status: undefined, code: 'DEADLINE_EXCEEDED' });
  metrics.countOutboundCall({ ...call, status: 200, code: 'ANSWER_TOO_LARGE' });
  expect(await samplesOf(metrics, 'farebox_outbound_calls_total')).toEqual([
    'farebox_outbound_calls_total{host="api.example.org",status_class="5xx"} 1',
    'farebox_outbound_calls_total{host="api.example.org",status_class="failed"} 2',
  ]);
  expect(await samplesOf(metrics, 'farebox_outbound_failures_total')).toEqual([
    'farebox_outbound_failures_total{host="api.example.org",code="DEADLINE_EXCEEDED"} 1',
    'farebox_outbound_failures_total{host="api.example.org",code="ANSWER_TOO_LARGE"} 1',
  ]);
});

test('a refused call is counted by its code, and as no call', async () => {
  const metrics = await Metrics.open({ isFunction: false, hosts });
  metrics.countRefusal('URL_INVALID');
  metrics.countRefusal('URL_INVALID');
  expect(await samplesOf(metrics, 'farebox_outbound_refusals_total')).toEqual([
    'farebox_outbound_refusals_total{code="URL_INVALID"} 2',
  ]);
  expect(await samplesOf(metrics, 'farebox_outbound_calls_total')).toEqual([]);
});

test('a method nobody knows is other', async () => {
  const metrics = await Metrics.open({ isFunction: false, hosts });
  for (const method of ['PURGE', 'get', '__proto__', 'TRACE'])
    metrics.countRequest({ ...request, method, route: undefined, status: 404 });
  expect(await samplesOf(metrics, 'farebox_http_requests_total')).toEqual([
    'farebox_http_requests_total{method="other",route="none",status_class="4xx"} 4',
  ]);
});

test('two applications count apart', async () => {
  const [one, other] = [
    await Metrics.open({ isFunction: false, hosts }),
    await Metrics.open({ isFunction: false, hosts }),
  ];
  one.countRefusal('URL_INVALID');
  expect(await samplesOf(other, 'farebox_outbound_refusals_total')).toEqual([]);
});

test('in a function all of it may be called and keeps nothing', async () => {
  const metrics = await Metrics.open({ isFunction: true, hosts });
  metrics.countRequest(request);
  metrics.countShed();
  metrics.countRefusedRequest(undefined, 400);
  metrics.countOutboundCall(call);
  metrics.countRefusal('URL_INVALID');
  await expect(metrics.exposition()).rejects.toThrow('Nothing is kept');
});

describe('the snapshots of several processes', () => {
  /** What a second process would send: the first one's own, by way of JSON, with other gauges. */
  async function summed(change: (snapshot: MetricSnapshot) => MetricSnapshot[]): Promise<string> {
    const metrics = await Metrics.open({
      isFunction: false,
      hosts,
      gather: async (own) => change(JSON.parse(JSON.stringify(own))),
    });
    metrics.watchInFlight(() => 3);
    metrics.countRequest({ ...request, durationMs: 40 });
    metrics.countRequest({ ...request, status: undefined, durationMs: 400 });
    metrics.countRefusal('URL_INVALID');
    return (await metrics.exposition()).text;
  }
  const withGauges = (snapshot: MetricSnapshot, values: Record<string, number>): MetricSnapshot =>
    snapshot.map((metric) => ({
      ...metric,
      values: metric.values.map((one) => ({ ...one, value: values[metric.name] ?? one.value })),
    }));

  test('become one: counters and histograms add up', async () => {
    const text = await summed((own) => [own, own, own]);
    for (const line of [
      'farebox_http_requests_total{method="GET",route="/",status_class="2xx"} 3',
      'farebox_http_requests_total{method="GET",route="/",status_class="aborted"} 3',
      'farebox_http_request_duration_seconds_bucket{le="0.05",method="GET",route="/"} 3',
      'farebox_http_request_duration_seconds_bucket{le="0.5",method="GET",route="/"} 6',
      'farebox_http_request_duration_seconds_bucket{le="+Inf",method="GET",route="/"} 6',
      'farebox_http_request_duration_seconds_count{method="GET",route="/"} 6',
      'farebox_outbound_refusals_total{code="URL_INVALID"} 3',
      'farebox_http_requests_in_flight 9',
      'farebox_processes 3',
    ])
      expect(text.split('\n')).toContain(line);
    expect(Number(/^farebox_http_request_duration_seconds_sum\{.*\} (.+)$/m.exec(text)?.[1])).toBeCloseTo(
      1.32,
    );
  });

  test('say each name, help and type once', async () => {
    const [one, three] = [await summed((own) => [own]), await summed((own) => [own, own, own])];
    const comments = (text: string) => text.split('\n').filter((line) => line.startsWith('#'));
    expect(comments(three)).toEqual(comments(one));
    expect(new Set(comments(one)).size).toBe(comments(one).length);
    expect(comments(one).length).toBeGreaterThan(20);
    const series = three.split('\n').filter((line) => line && !line.startsWith('#'));
    expect(new Set(series.map((line) => line.replace(/ \S+$/, ''))).size).toBe(series.length);
  });

  test('give of each gauge what an operator asks of all: the latest loop, the mean of work, the sum of memory', async () => {
    const text = await summed((own) => [
      withGauges(own, {
        farebox_event_loop_delay_seconds: 0.2,
        farebox_event_loop_utilization_ratio: 1,
        process_resident_memory_bytes: 1e6,
        process_cpu_seconds_total: 2,
        process_start_time_seconds: 5e8,
      }),
      withGauges(own, {
        farebox_event_loop_delay_seconds: 0.7,
        farebox_event_loop_utilization_ratio: 0.5,
        process_resident_memory_bytes: 2e6,
        process_cpu_seconds_total: 3,
        process_start_time_seconds: 4e8,
      }),
    ]);
    for (const line of [
      'farebox_event_loop_delay_seconds{statistic="mean"} 0.7',
      'farebox_event_loop_delay_seconds{statistic="p99"} 0.7',
      'farebox_event_loop_delay_seconds{statistic="max"} 0.7',
      'farebox_event_loop_utilization_ratio 0.75',
      'process_resident_memory_bytes 3000000',
      'process_cpu_seconds_total 5',
      'process_start_time_seconds 400000000',
    ])
      expect(text.split('\n')).toContain(line);
  });

  test('may be of a process that has ended, without its gauges', async () => {
    const text = await summed((own) => [own, own.filter(({ type }) => type !== 'gauge')]);
    expect(text).toMatch(/^farebox_http_requests_total\{.*"2xx"\} 2$/m);
    expect(text).toMatch(/^farebox_processes 1$/m);
  });
});
