/** What must be true of what came of a URL. */
import type { Tried } from './outbound-world.js';
import { breachesIn } from './recorder.js';

type Claim = (tried: Tried) => boolean;

/** Told that it is refused, by status and code; and nobody was called, public or not. */
export const isRefused: Claim = ({ status, code, arrivals }) =>
  (status === 400 || (status === 403 && code === 'TARGET_NOT_ALLOWED')) && arrivals.length === 0;

/** Explained as refused, and nobody was called. */
export const isExplainedAsRefused: Claim = ({ status, said, arrivals }) =>
  (status === 400 || (status === 200 && said.startsWith('{"allowed":false'))) && arrivals.length === 0;

/** It went to a public address. */
export const isCalled: Claim = ({ status, arrivals }) =>
  status !== 400 && status !== 403 && arrivals.some((arrival) => breachesIn([arrival]).length === 0);

/** Nobody was called who must not be, and the answer is one that the contract knows. */
export const isHarmless: Claim = ({ status, arrivals }) =>
  breachesIn(arrivals).length === 0 && [200, 400, 403, 502, 504].includes(status);

/** The URLs of which the claim is not true, with what came of them. */
export const wrong = (
  urls: readonly string[],
  tried: readonly Tried[],
  isRight: (tried: Tried, url: string) => boolean,
): string[] =>
  urls.flatMap((url, index) => {
    const outcome = tried[index] as Tried;
    const { status, code, arrivals } = outcome;
    if (isRight(outcome, url)) return [];
    const called = arrivals.map(({ address, port }) => `${address} port ${port}`).join(', ');
    return [`${JSON.stringify(url.slice(0, 120))}: ${status} ${code}${called && `, called ${called}`}`];
  });
