/** As much of RFC 1035's messages as answering a question for addresses takes. */
import { ipBytes } from './ip-number.js';

export interface DnsQuestion {
  readonly id: number;
  /** As it came, in whatever case: resolvers compare. */
  readonly bytes: Buffer;
  /** In lower case, without the dot at the end. */
  readonly name: string;
  /** Other types have their number as name. */
  readonly type: string;
}

export interface DnsRecord {
  readonly type: keyof typeof typeCodes;
  /** An address, or the name that CNAME leads to. */
  readonly value: string;
  /** Whose record it is; without it, the name that was asked for. */
  readonly name?: string;
  /** 0 without it: nobody may keep the answer. */
  readonly ttlSeconds?: number;
}

export interface DnsReply {
  readonly records?: readonly DnsRecord[];
  readonly error?: keyof typeof errorCodes;
  readonly delayMs?: number;
  /** Never answers. */
  readonly isSilent?: true;
  /** Over UDP it only says: ask again over TCP. */
  readonly isTruncated?: true;
}

const errorCodes = { FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;
const typeCodes = { A: 1, CNAME: 5, AAAA: 28 } as const;
const CLASS_IN = 1;
const HEADER_BYTES = 12;
/** QR, AA, RD and RA: an answer, with authority, by a server that would also recurse. */
const ANSWER_FLAGS = 0x8580;
const TRUNCATED_FLAG = 0x0200;

/** @returns undefined for what is no question */
export function questionIn(message: Buffer): DnsQuestion | undefined {
  if (message.length <= HEADER_BYTES || message.readUInt16BE(4) !== 1) return undefined;
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  if (message.length < at + 5) return undefined;
  const code = message.readUInt16BE(at + 1);
  const type = Object.entries(typeCodes).find(([, known]) => known === code)?.[0] ?? String(code);
  return {
    id: message.readUInt16BE(),
    bytes: message.subarray(HEADER_BYTES, at + 5),
    name: labels.join('.').toLowerCase(),
    type,
  };
}

/** @param isShort over UDP, where an answer may be cut */
export function dnsAnswer(question: DnsQuestion, reply: DnsReply, isShort: boolean): Buffer {
  const isCut = isShort && reply.isTruncated === true;
  const records = isCut ? [] : (reply.records ?? []);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(question.id, 0);
  const flags = ANSWER_FLAGS | (isCut ? TRUNCATED_FLAG : 0) | (reply.error ? errorCodes[reply.error] : 0);
  header.writeUInt16BE(flags, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([header, question.bytes, ...records.map((record) => recordBytes(record, question))]);
}

function recordBytes({ type, value, name, ttlSeconds = 0 }: DnsRecord, question: DnsQuestion): Buffer {
  const data = type === 'CNAME' ? nameBytes(value) : ipBytes(value);
  const fields = Buffer.alloc(10);
  fields.writeUInt16BE(typeCodes[type], 0);
  fields.writeUInt16BE(CLASS_IN, 2);
  fields.writeUInt32BE(ttlSeconds, 4);
  fields.writeUInt16BE(data.length, 8);
  return Buffer.concat([nameBytes(name ?? question.name), fields, data]);
}

const nameBytes = (name: string): Buffer =>
  Buffer.concat([
    ...name
      .split('.')
      .filter(Boolean)
      .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')])),
    Buffer.alloc(1),
  ]);
