/** Whom an address stands for: the same however it is written, and not for anybody else. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressKey } from '#dist/limits/address-key.js';

const group = fc.integer({ min: 0, max: 0xffff });
const octet = fc.integer({ min: 0, max: 255 });
const ipv4 = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));
const groups = (length: number) => fc.array(group, { minLength: length, maxLength: length });
const hex = (numbers: number[]) => numbers.map((number) => number.toString(16)).join(':');

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['203.0.113.7:49152', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['::ffff:cb00:7107', '203.0.113.7'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['[2001:DB8::1]:443', '2001:db8:0:0::/64'],
  ['2001:0db8:0000:0000:0001::', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('%s is %s', (address, key) => expect(addressKey(address)).toBe(key));

test.each([
  '',
  'unknown',
  '1.2.3',
  '1.2.3.4.5',
  '256.1.1.1',
  ':::',
  '[::1',
  'a'.repeat(10_000),
  '2001:db8::g',
])('%s is no address', (text) => expect(addressKey(text)).toBe('unknown'));

test('an IPv4 address is itself, whatever its port, and as an IPv6 one', () => {
  fc.assert(
    fc.property(ipv4, group, (address, port) => {
      for (const spelling of [
        address,
        `${address}:${port}`,
        `::ffff:${address}`,
        `0:0:0:0:0:FFFF:${address}`,
      ])
        expect(addressKey(spelling)).toBe(address);
    }),
  );
});

test('the last 64 bits of an IPv6 address make no difference, the first do', () => {
  fc.assert(
    fc.property(groups(4), groups(4), groups(4), groups(4), (net, one, other, elsewhere) => {
      fc.pre(net.some((number) => number !== 0) && hex(net) !== hex(elsewhere));
      expect(addressKey(hex([...net, ...one]))).toBe(`${hex(net)}::/64`);
      expect(addressKey(`[${hex([...net, ...other]).toUpperCase()}]:1`)).toBe(`${hex(net)}::/64`);
      expect(addressKey(hex([...elsewhere, ...one]))).not.toBe(`${hex(net)}::/64`);
    }),
  );
});

test('zeros may be left out', () => {
  fc.assert(
    fc.property(groups(2), groups(2), (first, last) => {
      fc.pre(first[0] !== 0);
      expect(addressKey(`${hex(first)}::${hex(last)}`)).toBe(`${hex([...first, 0, 0])}::/64`);
    }),
  );
});

test('any text at all is something short', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(addressKey(text).length).toBeLessThan(40);
    }),
  );
});
