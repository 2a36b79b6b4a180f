/** Every way that an item of a batch can fail: what to ask for, and what is right to come of it. */
import { hostilities } from '../test/support/hostile-answers.js';

export interface FailingItem {
  url: string;
  /** A status, or the code of a problem. */
  right: readonly string[];
}

/** Broken off, or a lie: both are true. */
const BROKEN = ['UPSTREAM_UNREACHABLE', 'UPSTREAM_INVALID'];

const ofTheSimulator: Record<string, readonly string[]> = {
  '/sim/items/1?delay=20000': ['UPSTREAM_TIMEOUT'],
  '/sim/items/1?status=500': ['500'],
  '/sim/delay/20000': ['UPSTREAM_TIMEOUT'],
  '/sim/status/404': ['404'],
  '/sim/status/503': ['503'],
  '/sim/unstable?rate=1': ['500'],
  '/sim/retry-after/5?status=429': ['429'],
  '/sim/redirect/6': ['TOO_MANY_REDIRECTS'],
  '/sim/redirect-to?url=http%3A%2F%2F169.254.169.254%2Flatest%2Fmeta-data%2F': ['TARGET_NOT_ALLOWED'],
  '/sim/redirect-to?url=http%3A%2F%2F127.0.0.1%3A1%2F': ['TARGET_NOT_ALLOWED'],
  '/sim/redirect-to?url=http%3A%2F%2F%5B%3A%3A1%2F': ['UPSTREAM_INVALID'],
  '/sim/bytes/5000000': ['UPSTREAM_TOO_LARGE'],
  '/sim/drip?duration=20000': ['UPSTREAM_TIMEOUT'],
  '/sim/endless': ['UPSTREAM_TOO_LARGE'],
  '/sim/gzip-bomb': ['UPSTREAM_TOO_LARGE'],
  '/sim/gzip-bomb?coding=deflate': ['UPSTREAM_TOO_LARGE'],
  '/sim/gzip-bomb?coding=br': ['UPSTREAM_TOO_LARGE'],
  '/sim/hang': ['UPSTREAM_TIMEOUT'],
  '/sim/reset': ['UPSTREAM_UNREACHABLE'],
  '/sim/reset?after=100': BROKEN,
  '/sim/length?says=100&sends=10': BROKEN,
  '/sim/headers/500000': ['UPSTREAM_TOO_LARGE', 'UPSTREAM_INVALID'],
  '/sim/broken/truncated-gzip': BROKEN,
  '/sim/broken/wrong-gzip': ['UPSTREAM_INVALID'],
  '/sim/broken/unknown-coding': ['UPSTREAM_INVALID'],
  '/sim/pages?fault=1:429:always&retryAfter=9': ['429'],
  '/sim/pages?fault=1:500:always': ['500'],
  '/sim/pages?fault=1:reset:always': ['UPSTREAM_UNREACHABLE'],
  '/sim/pages?fault=1:hang:always': ['UPSTREAM_TIMEOUT'],
  '/sim/pages?page=99&beyond=404': ['404'],
  '/sim/pages?itemBytes=1000000': ['UPSTREAM_TOO_LARGE'],
  '/sim/nothing': ['404'],
};

/** @param simulator @param upstream origins: of a Farebox with `/sim`, of test/support/hostile-upstream.ts */
export const failingItems = (simulator: string, upstream: string): FailingItem[] => [
  ...Object.entries(ofTheSimulator).map(([path, right]) => ({ url: simulator + path, right })),
  ...hostilities
    // What does no harm, or none to who takes any body, is not failing.
    .filter(({ right, isOnlyNotJson }) => !isOnlyNotJson && !right.includes('200'))
    .map(({ path, right }) => ({ url: upstream + path, right })),
];
