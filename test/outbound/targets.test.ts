/**
 * Whom the gateway calls. It runs in a network in which every address there is, public or not, leads to a recorder:
 * what is promised is judged by the address that a connection was made to.
 */
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { anyHostileUrl, hostileNames, hostileUrls, meansPublic } from '../support/hostile-targets.js';
import { type InNamespace, openNamespace, whyNoNamespace } from '../support/network-namespace.js';
import {
  isCalled,
  isExplainedAsRefused,
  isHarmless,
  isRefused,
  wrong,
} from '../support/outbound-verdicts.js';
import type { OutboundWorld } from '../support/outbound-world.js';
import { PROXY_PORT, proxies } from '../support/proxy-environment.js';
import { publicNames, publicOrigin, publicUrls } from '../support/public-targets.js';
import { rebindings } from '../support/rebinding.js';
import { type Arrival, breachesIn, linkUrl, redirectUrl } from '../support/recorder.js';

const why = whyNoNamespace();
it.runIf(process.env.CI)('has a network of its own where it must', () => {
  expect(why).toBeUndefined();
});

describe.skipIf(why !== undefined)('the gateway, whatever it is asked for', () => {
  let world: InNamespace<OutboundWorld>;
  let own: string;
  const arrived: Arrival[] = [];
  const arrivals = async () => {
    const now = await world.call('arrivals');
    arrived.push(...now);
    return now;
  };

  beforeAll(async () => {
    world = await openNamespace<OutboundWorld>(new URL('../support/outbound-world.ts', import.meta.url));
    await world.call('scriptNames', { ...hostileNames, ...publicNames });
    own = await world.call('startFarebox', proxies);
  });
  afterAll(() => world?.close());

  /** Of each test, whatever else it asks. */
  afterEach(async () => {
    await arrivals();
    const all = arrived.splice(0);
    expect(breachesIn(all), 'connections to an address that is not public').toEqual([]);
    expect(
      all.filter(({ port }) => port === PROXY_PORT),
      'calls to a proxy of the environment',
    ).toEqual([]);
  });

  /** Every so many-th: the trial has all of them go every way in. */
  const part = (list: readonly string[], every: number): string[] =>
    list.filter((_, index) => index % every === 0);

  it('is tried where a client without a guard would be caught', async () => {
    await world.call('tryAll', 'unguarded', part(hostileUrls, 5));
    expect(breachesIn(await world.call('arrivals')).length).toBeGreaterThan(100);
  });

  it.each([
    ['get', 7],
    ['fetch', 3],
    ['batch', 11],
    ['crawl', 9],
  ] as const)('refuses what strangers write, by %s', async (entry, every) => {
    const urls = part(hostileUrls, every).filter((url) => !meansPublic(url));
    expect(wrong(urls, await world.call('tryAll', entry, urls), isRefused)).toEqual([]);
    expect(await arrivals()).toEqual([]);
  });

  it('explains the same as refused, and calls nobody', async () => {
    const urls = part(hostileUrls, 5).filter((url) => !meansPublic(url));
    expect(wrong(urls, await world.call('tryAll', 'explain', urls), isExplainedAsRefused)).toEqual([]);
    expect(await arrivals()).toEqual([]);
  });

  it('does not go where a Location of that kind leads', async () => {
    const urls = part(hostileUrls, 8).map((url) => redirectUrl(publicOrigin, 302, url));
    expect(wrong(urls, await world.call('tryAll', 'fetch', urls), isHarmless)).toEqual([]);
  });

  it('does not go where a next link of that kind leads', async () => {
    const urls = part(hostileUrls, 8).map((url) => linkUrl(publicOrigin, url));
    expect(wrong(urls, await world.call('tryAll', 'crawl', urls), isHarmless)).toEqual([]);
  });

  it('refuses any spelling of any address that is not public', async () => {
    const urls = fc.sample(anyHostileUrl, 100);
    const tried = await world.call('tryAll', 'fetch', urls);
    expect(wrong(urls, tried, (one, url) => (meansPublic(url) ? isHarmless : isRefused)(one))).toEqual([]);
  });

  const inner = [
    'http://127.0.0.1/',
    'http://[::1]:8080/',
    'https://10.0.0.1/',
    'http://169.254.169.254/latest/',
    'http://0x7f.1/',
    'http://localhost:8000/',
    'http://localtest.me/',
    '//[::ffff:10.0.0.1]/',
  ];
  const chains = [301, 302, 303, 307, 308].flatMap((status, shift) =>
    inner.map((url, index) => ({ status, url, hops: ((shift + index) % 5) + 1 })),
  );
  it('refuses a redirect of each kind to each kind of private target, on the first hop and on the fifth', async () => {
    const urls = chains.map(({ status, url, hops }) =>
      Array.from({ length: hops }).reduce<string>((to) => redirectUrl(publicOrigin, status, to), url),
    );
    const tried = await world.call('tryAll', 'fetch', urls);
    const isStopped = urls.map((_, index) => {
      const { status, code, arrivals: hops } = tried[index] as (typeof tried)[number];
      return { answer: `${status} ${code}`, hops: hops.length, breaches: breachesIn(hops) };
    });
    expect(isStopped).toEqual(
      chains.map(({ hops }) => ({ answer: '403 TARGET_NOT_ALLOWED', hops, breaches: [] })),
    );
  });

  it('follows five redirects, and not a sixth', async () => {
    const chain = (hops: number) =>
      Array.from({ length: hops }).reduce<string>(
        (to) => redirectUrl(publicOrigin, 302, to),
        `${publicOrigin}/end`,
      );
    const [five, six] = await world.call('tryAll', 'fetch', [chain(5), chain(6)]);
    expect([five?.status, five?.arrivals.length]).toEqual([200, 6]);
    expect([six?.status, six?.code, six?.arrivals.length]).toEqual([502, 'TOO_MANY_REDIRECTS', 6]);
  });

  it.each([
    ['get', 7],
    ['fetch', 2],
  ] as const)('refuses no public URL, by %s', async (entry, every) => {
    const urls = part(publicUrls, every);
    expect(wrong(urls, await world.call('tryAll', entry, urls), isCalled)).toEqual([]);
  });

  it('calls the simulator of its own server, and nothing else there', async () => {
    const { host, port } = new URL(own);
    const elsewhere = [
      ...[
        '/',
        '/v1/users/me',
        '/health/ready',
        '/openapi.json',
        '/simulator',
        '/%73im/items/1',
        '/SIM/items/1',
      ],
      ...[
        '/sim/../health/ready',
        '/sim/%2e%2e/health/ready',
        '/sim\\..\\health',
        '//sim/items/1',
        '/?/sim/items/1',
        '/#/sim/',
      ],
    ].map((path) => `${own}${path}`);
    const otherwise = [
      `https://${host}/sim/items/1`,
      `http://[::1]:${port}/sim/items/1`,
      `http://127.0.0.2:${port}/sim/items/1`,
    ];
    const led = [...elsewhere, ...otherwise, 'http://127.0.0.1/sim/items/1'].map(
      (url) => `${own}/sim/redirect-to?url=${encodeURIComponent(url)}`,
    );
    for (const urls of [[...elsewhere, ...otherwise], led])
      expect(wrong(urls, await world.call('tryAll', 'fetch', urls), isRefused)).toEqual([]);
    const simulated = [`${own}/sim/items/1`, `http://localhost:${port}/sim/items/1`, `${own}/sim/redirect/2`];
    const answers = await world.call('tryAll', 'fetch', simulated);
    expect(answers.map(({ status, said }) => [status, /"status":(\d+)/.exec(said)?.[1]])).toEqual(
      simulated.map(() => [200, '200']),
    );
  });

  it.each(rebindings(0))('is not fooled by a name: $kind', async ({ names, urls, isNeverPublic }) => {
    await world.call('scriptNames', names);
    const tried = await world.call('tryAll', 'fetch', urls);
    expect(wrong(urls, tried, isNeverPublic ? isRefused : isHarmless)).toEqual([]);
  });
});
