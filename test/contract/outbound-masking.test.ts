/** What is named like a credential in a URL reaches the upstream, and is not in the answer. */
import { describe, expect, test } from 'vitest';
import { serve } from '../support/api.js';
import { json, kindCalls, openKindWorld } from '../support/kind-world.js';
import { transports } from '../support/transports.js';

const { upstream, environment, upstreamSays } = await openKindWorld();

describe.each(transports)('credentials in a URL over $name', (transport) => {
  const api = serve(transport, environment);
  const { fetched } = kindCalls(api);
  const planted = 'planted-secret';

  test.each([
    ...[
      'api_key',
      'apikey',
      'API-KEY',
      'key',
      'token',
      'access_token',
      'accessToken',
      'X-Amz-Signature',
      'sig',
    ],
    ...[
      'X-Amz-Security-Token',
      'X-Amz-Credential',
      'client_secret',
      'password',
      'pwd',
      'code',
      'jwt',
      'auth',
    ],
    ...['access_key', 'secretKey', 'private_key', 'auth[token]', 'token[]', 'X-Goog-Signature', 'session'],
  ])('are sent as %s, and masked in the answer', async (name) => {
    const query = `?page=2&${encodeURIComponent(name)}=${planted}&q=a%20b`;
    const url = upstreamSays({ headers: json, body: '{}' }, query);
    const answer = await fetched({ url });
    expect(upstream.requests.at(-1)?.target).toContain(query);
    expect(answer.text).not.toContain(planted);
    const told = new URL(answer.json.url);
    expect([...told.searchParams.keys()]).toEqual(['page', name, 'q']);
    expect([told.searchParams.get('page'), told.searchParams.get('q')]).toEqual(['2', 'a b']);
    expect(told.searchParams.get(name)).toMatch(/\S/);
  });

  test('are masked wherever they stand twice, and nowhere else', async () => {
    const query = `?token=${planted}&token=${planted}2&keyword=a&monkey=b&author=c&passenger=d&tokens=5&codec=e`;
    const { json: told, text } = await fetched({ url: upstreamSays({ headers: json, body: '{}' }, query) });
    expect(text).not.toContain(planted);
    expect(told.url).toContain('&keyword=a&monkey=b&author=c&passenger=d&tokens=5&codec=e');
  });

  test('leave a URL without any as it is', async () => {
    const url = upstreamSays({ headers: json, body: '{}' }, '?b=%7e&a=%2f+%20&c');
    expect((await fetched({ url })).json.url).toBe(url);
  });

  test.each([
    [201, 'location', `/items/1?access_token=${planted}&n=1`],
    [201, 'location', `https://api.example.org/items/1?n=1&api_key=${planted}`],
    [200, 'link', `<https://api.example.org/items?n=1&api_key=${planted}>; rel="next"`],
    [200, 'link', `</items?token=${planted}&n=1>; rel="prev", </items?n=1&token=${planted}>; rel="next"`],
  ])('are masked in the header of a %i: %s: %s', async (status, name, value) => {
    const url = upstreamSays({ status, headers: { ...json, [name]: value }, body: '{}' });
    const answer = await fetched({ url });
    expect(answer.text).not.toContain(planted);
    const told = answer.json.headers[name] as string;
    const skeleton = (text: string) => text.replace(/=(planted-secret|[\w%*]+)(?=[&>]|$)/g, '=');
    expect(skeleton(told)).toBe(skeleton(value));
    expect(told).toContain('n=1');
  });
});
