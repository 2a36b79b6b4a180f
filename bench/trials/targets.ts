import fc from 'fast-check';
import { anyHostileUrl, hostileNames, hostileUrls, meansPublic } from '../../test/support/hostile-targets.js';
import { type InNamespace, openNamespace } from '../../test/support/network-namespace.js';
import {
  isCalled,
  isExplainedAsRefused,
  isHarmless,
  isRefused,
  wrong,
} from '../../test/support/outbound-verdicts.js';
import type { ClientName, OutboundWorld, Tried } from '../../test/support/outbound-world.js';
import { proxies } from '../../test/support/proxy-environment.js';
import { blockWith } from '../../test/support/public-address-reference.js';
import { publicNames, publicOrigin, publicUrls } from '../../test/support/public-targets.js';
import { breachesIn, linkUrl, redirectUrl } from '../../test/support/recorder.js';
import type { Trial } from '../trial.js';

const RANDOM_URLS = 5_000;
const SEED = 20_261_121;
const REDIRECTS = [301, 302, 303, 307, 308];
/** Between two reports of how far it is. */
const BATCH = 100;
const compared = ['request-filtering-agent', 'ssrf-req-filter', 'ssrfcheck', 'unguarded'] as const;

const plain = {};

/** A list of URLs that goes one way in, with what must be true of each answer. */
interface Run {
  readonly name: string;
  /** Settings of the Farebox that is asked. */
  readonly env?: Record<string, string>;
  readonly client: ClientName;
  readonly urls: readonly string[];
  readonly isRight: (tried: Tried, url: string) => boolean;
}

const strangers = (isRight: (tried: Tried) => boolean) => (tried: Tried, url: string) =>
  (meansPublic(url) ? isHarmless : isRight)(tried);

const located = (status: number) => hostileUrls.map((url) => redirectUrl(publicOrigin, status, url));

const runs: readonly Run[] = [
  { name: 'hostile, by get', client: 'get', urls: hostileUrls, isRight: strangers(isRefused) },
  { name: 'hostile, by fetch', client: 'fetch', urls: hostileUrls, isRight: strangers(isRefused) },
  {
    name: 'hostile, as an item of a batch',
    client: 'batch',
    urls: hostileUrls,
    isRight: strangers(isRefused),
  },
  { name: 'hostile, by crawl', client: 'crawl', urls: hostileUrls, isRight: strangers(isRefused) },
  {
    name: 'hostile, as the next link of a page',
    client: 'crawl',
    urls: hostileUrls.map((url) => linkUrl(publicOrigin, url)),
    isRight: isHarmless,
  },
  {
    name: 'hostile, explained',
    client: 'explain',
    urls: hostileUrls,
    isRight: strangers(isExplainedAsRefused),
  },
  ...REDIRECTS.map(
    (status): Run => ({
      name: `hostile, as the Location of a ${status}`,
      client: 'fetch',
      urls: located(status),
      isRight: isHarmless,
    }),
  ),
  {
    name: `hostile at random (seed ${SEED}), by fetch`,
    client: 'fetch',
    urls: fc.sample(anyHostileUrl, { numRuns: RANDOM_URLS, seed: SEED }),
    isRight: strangers(isRefused),
  },
  {
    name: 'hostile, where ports and the deny list are only reported, by fetch',
    env: { OUTBOUND_MODE: 'report' },
    client: 'fetch',
    urls: hostileUrls,
    isRight: isHarmless,
  },
  {
    name: 'hostile, with a proxy in the environment, by fetch',
    env: proxies,
    client: 'fetch',
    urls: hostileUrls,
    isRight: strangers(isRefused),
  },
  {
    name: 'public, with a proxy in the environment, by fetch',
    env: proxies,
    client: 'fetch',
    urls: publicUrls,
    isRight: isCalled,
  },
  { name: 'public, by get', client: 'get', urls: publicUrls, isRight: isCalled },
  { name: 'public, by fetch', client: 'fetch', urls: publicUrls, isRight: isCalled },
];

async function tryInBatches(
  world: InNamespace<OutboundWorld>,
  client: ClientName,
  urls: readonly string[],
  onDone: (count: number) => void,
): Promise<Tried[]> {
  const tried: Tried[] = [];
  for (let from = 0; from < urls.length; from += BATCH) {
    const batch = urls.slice(from, from + BATCH);
    tried.push(...(await world.call('tryAll', client, batch)));
    onDone(batch.length);
  }
  return tried;
}

const isLetThrough = ({ arrivals }: Tried): boolean => breachesIn(arrivals).length > 0;

/** Where the addresses lie that were called and must not be, and how many times. */
function calledBlocks(tried: readonly Tried[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { address } of tried.flatMap(({ arrivals }) => breachesIn(arrivals))) {
    const block = blockWith(address) as string;
    counts[block] = (counts[block] ?? 0) + 1;
  }
  return counts;
}

export const trial: Trial = {
  claim: `None of ${hostileUrls.length} hostile URLs, nor of ${RANDOM_URLS} at random, asked for at each entry or named by a redirect, makes Farebox connect to an address that is not public; none of ${publicUrls.length} public URLs is refused`,
  async run(progress) {
    const perGuard = 2 * hostileUrls.length + publicUrls.length;
    const total = runs.reduce((sum, { urls }) => sum + urls.length, 0) + compared.length * perGuard;
    let done = 0;
    const onDone = (count: number) => {
      done += count;
      progress(done, total);
    };
    const world = await openNamespace<OutboundWorld>(
      new URL('../../test/support/outbound-world.ts', import.meta.url),
    );
    try {
      await world.call('scriptNames', { ...hostileNames, ...publicNames });
      let running: Record<string, string> | undefined;
      const farebox: Record<string, { urls: number; calledNotPublic: number; wrong: string[] }> = {};
      for (const { name, env = plain, client, urls, isRight } of runs) {
        if (env !== running) await world.call('startFarebox', env);
        running = env;
        const tried = await tryInBatches(world, client, urls, onDone);
        farebox[name] = {
          urls: urls.length,
          calledNotPublic: breachesIn(await world.call('arrivals')).length,
          wrong: wrong(urls, tried, isRight),
        };
      }
      await world.call('stopFarebox');
      const calledLate = breachesIn(await world.call('arrivals')).length;

      const others: Record<string, object> = {};
      for (const client of compared) {
        const direct = await tryInBatches(world, client, hostileUrls, onDone);
        const redirected = await tryInBatches(world, client, located(302), onDone);
        const open = await tryInBatches(world, client, publicUrls, onDone);
        await world.call('arrivals');
        others[client] = {
          hostileLetThrough: direct.filter(isLetThrough).length,
          hostileLetThroughByRedirect: redirected.filter(isLetThrough).length,
          publicRefused: open.filter(
            ({ arrivals }) => arrivals.length === 0 || isLetThrough({ arrivals } as Tried),
          ).length,
          calledNotPublic: calledBlocks(direct),
        };
      }
      const all = Object.values(farebox);
      const called = all.reduce((sum, one) => sum + one.calledNotPublic, calledLate);
      const wrongs = all.reduce((sum, one) => sum + one.wrong.length, 0);
      const asked = all.reduce((sum, { urls }) => sum + urls, 0);
      const guards = compared
        .map((client) => `${client} ${(others[client] as { hostileLetThrough: number }).hostileLetThrough}`)
        .join(', ');
      return {
        held: called === 0 && wrongs === 0,
        summary: `${asked} requests: ${called} connections to an address that is not public, ${wrongs} answers other than promised; of ${hostileUrls.length} hostile URLs others let through: ${guards}`,
        figures: {
          hostileUrls: hostileUrls.length,
          publicUrls: publicUrls.length,
          farebox,
          calledLate,
          others,
        },
      };
    } finally {
      await world.close();
    }
  },
};
