/** Secrets that a caller may hand over with an outbound call, on every way that such a call can end. */
import { randomBytes } from 'node:crypto';

interface Answered {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

interface Sent {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: unknown;
}

export interface Outcome {
  /** What was asked for. */
  way: string;
  status: number;
  /** Headers and body, as they came. */
  whole: string;
}

const mark = () => `planted${randomBytes(12).toString('hex')}`;
export const planted = {
  authorization: mark(),
  'x-api-key': mark(),
  'a query': mark(),
  'a body': mark(),
  'a Location': mark(),
  'user info': mark(),
  'a fragment': mark(),
};

/** Which of them `text` holds. */
export const foundIn = (text: string): string[] =>
  Object.entries(planted).flatMap(([name, secret]) => (text.includes(secret) ? [name] : []));

const credentials = { authorization: `Bearer ${planted.authorization}`, 'x-api-key': planted['x-api-key'] };
const query = `api_key=${planted['a query']}&token=${planted['a query']}`;
const secretBody = { password: planted['a body'] };

export interface Places {
  upstream: string;
  /** Where nobody listens. */
  closed: string;
  /** Where nobody accepts, where that can be played. */
  unaccepting?: string;
}

/** URLs, and whether the call ends badly. */
const urlsOf = ({ upstream, closed, unaccepting }: Places): Record<string, string> => {
  const location = encodeURIComponent(`?token=${planted['a Location']}`);
  const to = (url: string) => `${upstream}/redirect?to=${encodeURIComponent(url)}${location}&${query}`;
  return {
    refused: `http://10.1.2.3/?${query}`,
    'refused by name': `http://metadata.internal/${planted['a query']}?${query}`,
    'user info': `http://user:${planted['user info']}@127.0.0.1/?${query}`,
    scheme: `ftp://host.org/?${query}`,
    'too long': `${upstream}/?${query}${'a'.repeat(2_048)}`,
    'no URL': `http://[${planted['a query']}/`,
    'a name that nobody knows': `http://name.farebox-trial.org/?${query}#${planted['a fragment']}`,
    unreachable: `${closed}/?${query}`,
    ...(unaccepting && { 'never accepted': `${unaccepting}/?${query}` }),
    'never answered': `${upstream}/hang?${query}`,
    dripping: `${upstream}/drip-body?${query}`,
    'too large': `${upstream}/endless-body?${query}`,
    'a bomb': `${upstream}/gzip-bomb?${query}`,
    'invalid as HTTP': `${upstream}/garbage?${query}`,
    'invalid fields': `${upstream}/nul-in-field?${query}`,
    'invalid packing': `${upstream}/not-gzip?${query}`,
    'invalid as JSON': `${upstream}/invalid-json?${query}`,
    'broken off': `${upstream}/reset-in-body?${query}`,
    upgraded: `${upstream}/upgrade?${query}`,
    'redirected to a refused target': to('http://10.1.2.3/'),
    'redirected to user info': to(`http://user:${planted['user info']}@127.0.0.1/`),
    'redirected to no URL': to('http://[/'),
    'redirected by script': to('javascript:'),
    'redirected to nobody': to(`${closed}/`),
    'redirected in a circle': `${upstream}/redirect-loop?${query}`,
    'redirected too often': `${upstream}/redirects?n=9&${query}`,
    'redirected to a problem': to(`${upstream}/garbage`),
  };
};

/** Calls each place by each way. @param call to the API, as somebody who may explain too */
export async function spill(places: Places, call: (sent: Sent) => Promise<Answered>): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const send = async (way: string, sent: Omit<Sent, 'headers'>) => {
    const { status, headers, body } = await call({ headers: {}, ...sent });
    outcomes.push({ way, status, whole: `${JSON.stringify(headers)}\n${body}` });
  };
  const fetched = (way: string, item: object) =>
    send(way, { method: 'POST', path: '/v1/outbound/fetch', body: item });
  const timeoutMs = 500;
  for (const [way, url] of Object.entries(urlsOf(places))) {
    const isSlow = /never|dripping/.test(way);
    const item = { url, headers: credentials, timeoutMs: isSlow ? timeoutMs : 5_000 };
    await fetched(`fetch, ${way}`, { ...item, retries: isSlow ? 0 : 1 });
    await fetched(`POST by fetch, ${way}`, { ...item, method: 'POST', body: secretBody });
    await send(`explain, ${way}`, { method: 'POST', path: '/v1/outbound/explain', body: { url } });
    // It has no time of its own: those who hang would take ten seconds.
    if (!isSlow && way !== 'upgraded')
      await send(`GET, ${way}`, { method: 'GET', path: `/v1/outbound?url=${encodeURIComponent(url)}` });
  }
  const url = `${places.upstream}/echo?${query}`;
  const bad = { 'X Key\r': planted.authorization, Cookie: planted.authorization };
  await fetched('headers that are refused', { url, headers: bad });
  await fetched('a value that is refused', { url, headers: { Authorization: `${planted.authorization}\n` } });
  await fetched('a body that is refused', { url, body: secretBody });
  await fetched('a field that is not known', { url, unknown: planted['a body'] });
  await fetched('a method that is refused', { url, method: planted['a body'] });
  await fetched('a URL that is no text', { url: { of: url } });
  await send('no JSON', { method: 'POST', path: '/v1/outbound/fetch', body: `{"url":"${url}` });
  await send('errors', {
    method: 'GET',
    path: `/v1/outbound?url=${encodeURIComponent(url)}&errors=${planted['a query']}`,
  });
  await send('a parameter too many', { method: 'GET', path: `/v1/outbound?url=x&${query}` });
  await send('not there', { method: 'GET', path: `/v1/outbound/fetch?${query}` });
  return outcomes;
}
