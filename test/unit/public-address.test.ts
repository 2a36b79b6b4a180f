import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPublicAddress } from '#dist/outbound/public-address.js';
import { bitsOf, ipText } from '../support/ip-number.js';
import {
  blockOf,
  eitherBlocks,
  isEither,
  isPublicByReference,
  notPublicBlocks,
} from '../support/public-address-reference.js';

/** Some are not even a different address: the registries' blocks touch. */
const aroundEdges = [...notPublicBlocks, ...eitherBlocks].flatMap(([cidr]) => {
  const { version, first, last } = blockOf(cidr);
  return [first - 1n, first, first + 1n, last - 1n, last, last + 1n]
    .filter((value) => value >= 0n && value < 1n << bitsOf[version])
    .map((value) => ipText({ version, value }));
});

const addressIn = (cidr: string) => {
  const { version, first, last } = blockOf(cidr);
  return fc.bigInt({ min: first, max: last }).map((value) => ipText({ version, value }));
};

const judgedAlike = (address: string) =>
  isEither(address) || isPublicAddress(address) === isPublicByReference(address);

describe("a public address, by the guard and by the registries' numbers", () => {
  it('is the same at both ends of every block, and one before and beyond', () => {
    expect(aroundEdges.filter((address) => !judgedAlike(address))).toEqual([]);
  });

  it.each([...notPublicBlocks])('is none in %s (%s)', (cidr) => {
    fc.assert(
      fc.property(addressIn(cidr), (address) => !isPublicAddress(address)),
      { numRuns: 200 },
    );
  });

  it('is the same all over the ranges', () => {
    const anywhere = fc.oneof(
      addressIn('0.0.0.0/0'),
      addressIn('::/0'),
      addressIn('2000::/3'),
      addressIn('2000::/8'),
      addressIn('2001::/16'),
    );
    fc.assert(fc.property(anywhere, judgedAlike), { numRuns: 5_000 });
  });

  it('is none with a zone, in brackets, in fewer parts, in another base, or when it is no address', () => {
    const odd = [
      '8.8.8',
      '134744072',
      '0x8.8.8.8',
      '010.8.8.8',
      '8.8.8.8 ',
      '8.8.8.8/32',
      '8.8.8.8.',
      '',
      'a',
      '%',
      '::%',
    ];
    const zoned = [
      '2606:4700::1%lo',
      '2606:4700::1%25lo',
      '[2606:4700::1]',
      '2606:4700::1/128',
      '::ffff:8.8.8.8',
      '64:ff9b::8.8.8.8',
    ];
    expect([...odd, ...zoned].filter(isPublicAddress)).toEqual([]);
  });
});
