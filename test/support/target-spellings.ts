/** The ways in which an address can be written as the host of a URL; what a parser makes of each is its own business. */
import { groupTexts, type IpNumber, ipNumber } from './ip-number.js';

/** Digits that become 0 to 9 when a host is prepared (UTS 46), by their zero; and some that only look like digits. */
const digitZeros = {
  fullwidth: 0xff10,
  bold: 0x1d7ce,
  doubleStruck: 0x1d7d8,
  arabic: 0x0660,
  devanagari: 0x0966,
};
const circled = ['⓪', '①', '②', '③', '④', '⑤', '⑥', '⑦', '⑧', '⑨'];
const superscript = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
const dots = ['。', '．', '｡', '․', '%2e', '%E3%80%82'];
/** Characters that vanish when a host is prepared. */
const vanishing = ['\u00ad', '\u200b', '\u2060', '\ufeff', '\ufe0f', '\u180b', '%C2%AD', '%E2%80%8B'];

const withDigits = (text: string, digit: (value: number) => string) =>
  text.replace(/\d/g, (character) => digit(Number(character)));

const percent = (text: string): string =>
  [...text].map((character) => `%${character.charCodeAt(0).toString(16)}`).join('');

/** @param text an address without zone or brackets @returns hosts, each as it stands in a URL */
export function spellingsOf(text: string): string[] {
  const address = ipNumber(text);
  return [...new Set(address.version === 4 ? spellingsOf4(address) : spellingsOf6(address))];
}

function spellingsOf4({ value }: IpNumber): string[] {
  const number = Number(value);
  const [a, b, c, d] = [24, 16, 8, 0].map((shift) => (number >>> shift) & 255) as [
    number,
    number,
    number,
    number,
  ];
  const dotted = `${a}.${b}.${c}.${d}`;
  const low24 = number & 0xffffff;
  const low16 = number & 0xffff;
  return [
    dotted,
    // As inet_aton takes it: fewer parts, other bases.
    ...inAllBases(number),
    ...inAllBases(low24).map((rest) => `${a}.${rest}`),
    ...inAllBases(low16).map((rest) => `${a}.${b}.${rest}`),
    ...inAllBases(a).map((first) => `${first}.${b}.${c}.${d}`),
    ...inAllBases(d).map((last) => `${a}.${b}.${c}.${last}`),
    [a, b, c, d].map((part) => `0${part.toString(8)}`).join('.'),
    [a, b, c, d].map((part) => `0x${part.toString(16)}`).join('.'),
    `0x${a.toString(16)}.0${b.toString(8)}.${c}.${d}`,
    `0x${a.toString(16)}.0x${low24.toString(16)}`,
    `0${a.toString(8)}.${low24}`,
    [a, b, c, d].map((part) => `0x0000${part.toString(16)}`).join('.'),
    // Decimal to some, octal to others.
    [a, b, c, d].map((part) => String(part).padStart(3, '0')).join('.'),
    [a, b, c, d].map((part) => String(part).padStart(4, '0')).join('.'),
    // Beyond what a part holds: some take the remainder.
    String(value + (1n << 32n)),
    `0x1${number.toString(16).padStart(8, '0')}`,
    `${a + 256}.${b}.${c}.${d}`,
    `${a}.${b}.${c}.${d + 256}`,
    `${a}.${b}.${low16 + 65_536}`,
    `-${dotted}`,
    `+${dotted}`,
    `${dotted}.`,
    `${dotted}..`,
    `.${dotted}`,
    `${dotted}.0`,
    `${dotted}e0`,
    `${dotted}%20`,
    `${dotted}%00`,
    `${dotted}%0a`,
    `${dotted}%0d%0aX:1`,
    `${dotted}%2f8.8.8.8`,
    `${dotted}%23`,
    `${dotted}%252e`,
    // Digits and dots of other scripts.
    ...Object.values(digitZeros).map((zero) =>
      withDigits(dotted, (digit) => String.fromCodePoint(zero + digit)),
    ),
    withDigits(dotted, (digit) => circled[digit] as string),
    withDigits(dotted, (digit) => superscript[digit] as string),
    withDigits(String(number), (digit) => String.fromCodePoint(0xff10 + digit)),
    ...dots.map((dot) => dotted.replaceAll('.', dot)),
    ...vanishing.map((character) => dotted.replace('.', `.${character}`)),
    percent(dotted),
    percent(percent(dotted)),
    percent(String(number)),
    dotted.replace(/^\d/, (digit) => percent(digit)),
    ...containersOf(value),
  ];
}

/** A number as a part of an IPv4 address may be written. */
const inAllBases = (number: number): string[] => {
  const hexadecimal = number.toString(16);
  return [
    String(number),
    `0${number.toString(8)}`,
    `0000000${number.toString(8)}`,
    `0x${hexadecimal}`,
    `0X${hexadecimal.toUpperCase()}`,
    `0x00000000${hexadecimal}`,
  ];
};

/** IPv6 addresses that mean an IPv4 address, or hold one. */
function containersOf(value: bigint): string[] {
  const [high, low] = [value >> 16n, value & 0xffffn].map((part) => part.toString(16)) as [string, string];
  const [inverseHigh, inverseLow] = [(value >> 16n) ^ 0xffffn, (value & 0xffffn) ^ 0xffffn].map((part) =>
    part.toString(16),
  ) as [string, string];
  const dotted = [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  return [
    // Mapped, compatible, translated.
    `::ffff:${dotted}`,
    `::FFFF:${high}:${low}`,
    `0:0:0:0:0:ffff:${dotted}`,
    `0000:0000:0000:0000:0000:ffff:${high.padStart(4, '0')}:${low.padStart(4, '0')}`,
    `::${dotted}`,
    `::${high}:${low}`,
    `::ffff:0:${dotted}`,
    `::ffff:0:${high}:${low}`,
    // NAT64, well-known and local, also with the shorter prefixes of RFC 6052.
    `64:ff9b::${dotted}`,
    `64:ff9b::${high}:${low}`,
    `0064:FF9B:0:0:0:0:${dotted}`,
    `64:ff9b:1::${dotted}`,
    `64:ff9b:1:ffff::${high}:${low}`,
    `64:ff9b:1:${high}:0:${low}::`,
    // 6to4, Teredo (the client is inverted, the server is not), ISATAP.
    `2002:${high}:${low}::`,
    `2002:${high}:${low}::1`,
    `2002:${high}:${low}:0:0:5efe:${high}:${low}`,
    `2001:0:4136:e378:8000:63bf:${inverseHigh}:${inverseLow}`,
    `2001:0:${high}:${low}:8000:63bf:f7f7:f7f7`,
    `2001::${inverseHigh}:${inverseLow}`,
    `fe80::5efe:${dotted}`,
    `fe80::200:5efe:${high}:${low}`,
    // With a zone.
    `::ffff:${dotted}%25lo`,
    `::ffff:${dotted}%lo`,
    // What is none.
    dotted,
    `::ffff:${dotted}:80`,
    `v1.${dotted}`,
    `::ffff:${dotted}.`,
    `:::ffff:${dotted}`,
  ].map((host) => `[${host}]`);
}

function spellingsOf6({ value }: IpNumber): string[] {
  const groups = groupTexts(value);
  const plain = groups.join(':');
  const padded = groups.map((group) => group.padStart(4, '0')).join(':');
  const short = new URL(`http://[${plain}]`).hostname.slice(1, -1);
  const last32 = Number(value & 0xffffffffn);
  const tail = [24, 16, 8, 0].map((shift) => (last32 >>> shift) & 255).join('.');
  return [
    ...[
      plain,
      padded,
      short,
      short.toUpperCase(),
      padded.toUpperCase(),
      `${groups.slice(0, 6).join(':')}:${tail}`,
    ],
    ...['%25lo', '%lo', '%251', '%25eth0', '%25', '%'].map((zone) => `${short}${zone}`),
    ...[`${short}/128`, ` ${short}`, `${short}]`, `0${padded}`],
  ]
    .map((host) => `[${host}]`)
    .concat([short, `%5B${short}%5D`, `[${percent(short)}]`, `[${short}].`, `［${short}］`]);
}
