import { expect, test } from 'vitest';
import { HostLabels } from '#dist/metering/host-labels.js';
import { Metrics } from '#dist/metering/metrics.js';

const hosts = ['api.example.org', 'API.Example.com:8443', '[2001:db8::1]:8080', '192.0.2.7'];
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
    metrics.countRequest({ method, route: undefined, status: 404, durationMs: 1 });
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
  metrics.countRequest({ method: 'GET', route: '/', status: 200, durationMs: 1 });
  metrics.countRefusedRequest(undefined, 400);
  metrics.countOutboundCall(call);
  metrics.countRefusal('URL_INVALID');
  await expect(metrics.exposition()).rejects.toThrow('Nothing is kept');
});
