/** Clients that other people use against bad targets, and one that takes no care: what Farebox is compared with. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios from 'axios';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';
// @ts-expect-error It comes without types: url => agent.
import ssrfFilter from 'ssrf-req-filter';
import { isSSRFSafeURL } from 'ssrfcheck';

/** Fetches a URL and follows its redirects. @throws Error when it refuses or cannot */
export type Client = (url: string) => Promise<unknown>;

/** Nothing here takes long: an address either answers or is not there. */
const TIMEOUT_MS = 3_000;
/** Whatever the status: what counts is where the connection went. Agents of its own: no connection is there already. */
const options = () => ({
  signal: AbortSignal.timeout(TIMEOUT_MS),
  validateStatus: () => true,
  httpAgent: new HttpAgent(),
  httpsAgent: new HttpsAgent(),
});

export const clients = {
  unguarded: (url) => axios.get(url, options()),
  'request-filtering-agent': (url) =>
    axios.get(url, {
      ...options(),
      httpAgent: new RequestFilteringHttpAgent(),
      httpsAgent: new RequestFilteringHttpsAgent(),
    }),
  'ssrf-req-filter': (url) =>
    axios.get(url, { ...options(), httpAgent: ssrfFilter(url), httpsAgent: ssrfFilter(url) }),
  ssrfcheck: async (url) => {
    if (!isSSRFSafeURL(url)) throw new Error('refused');
    return axios.get(url, options());
  },
} satisfies Record<string, Client>;
