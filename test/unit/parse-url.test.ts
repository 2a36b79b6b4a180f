import { expect, it } from 'vitest';
import { parseUrl } from '#dist/parse-url.js';

/** More than it takes until a function that is called often is compiled anew. */
const CALLS = 20_000;

it('reads names in Latin letters as often as it is asked', () => {
  const hosts = new Set<string | undefined>();
  for (let call = 0; call < CALLS; call += 1) hosts.add(parseUrl('http://b\u00fccher.de/')?.host);
  expect([...hosts]).toEqual(['xn--bcher-kva.de']);
});

it('finds what is no URL to be none as often as it is asked, with a base too', () => {
  const hosts = new Set<string | undefined>();
  // As UTF-8 the bytes of the host would be a digit of full width; as letters they make no name.
  for (let call = 0; call < CALLS; call += 1)
    hosts.add(parseUrl('http://\u00ef\u00bc\u0091.com/', 'http://example.org')?.host);
  expect([...hosts]).toEqual([undefined]);
});
