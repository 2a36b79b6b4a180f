/** Addresses as numbers, written without the library that the guard uses: it is to be judged by this. */
import { isIP } from 'node:net';

export interface IpNumber {
  readonly version: 4 | 6;
  readonly value: bigint;
}

export const bitsOf = { 4: 32n, 6: 128n } as const;

/** @param text an address in a form that `isIP` knows, without a zone */
export function ipNumber(text: string): IpNumber {
  const version = isIP(text);
  if (version === 4) return { version, value: fromParts(text.split('.').map(Number), 8n) };
  if (version === 6 && !text.includes('%')) return { version, value: fromParts(groupsOf(text), 16n) };
  throw new Error(`${text} is no address.`);
}

/** The address in its plainest form: dotted, or eight groups in hexadecimal. */
export function ipText({ version, value }: IpNumber): string {
  return version === 4 ? partsOf(value, 4, 8n).join('.') : groupTexts(value).join(':');
}

/** As in a DNS record: 4 or 16 bytes. */
export function ipBytes(text: string): Buffer {
  const { version, value } = ipNumber(text);
  return Buffer.from(partsOf(value, version === 4 ? 4 : 16, 8n));
}

/** The eight groups of an IPv6 address, without leading zeros. */
export const groupTexts = (value: bigint): string[] =>
  partsOf(value, 8, 16n).map((group) => group.toString(16));

const partsOf = (value: bigint, count: number, bits: bigint): number[] =>
  Array.from({ length: count }, (_, index) =>
    Number((value >> (BigInt(count - 1 - index) * bits)) & ((1n << bits) - 1n)),
  );

const fromParts = (parts: number[], bits: bigint): bigint =>
  parts.reduce((value, part) => (value << bits) | BigInt(part), 0n);

function groupsOf(text: string): number[] {
  const [before = '', after] = text.split('::').map(groupsIn);
  if (after === undefined) return before as number[];
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after] as number[];
}

/** The groups on one side of `::`; the last two may be written as an IPv4 address. */
function groupsIn(text: string): number[] {
  return text
    .split(':')
    .filter(Boolean)
    .flatMap((group) =>
      group.includes('.') ? partsOf(ipNumber(group).value, 2, 16n) : [Number.parseInt(group, 16)],
    );
}
