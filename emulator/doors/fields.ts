/** Header fields between the wire and an event. */
import type { Fields } from './door.js';

/** RFC 9110, 7.6.1: they concern one connection, and every service here ends it. */
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

export const without = (fields: Fields, names: readonly string[]): Fields =>
  fields.filter(([name]) => !names.includes(name.toLowerCase()));

export const endToEnd = (fields: Fields): Fields => without(fields, hopByHop);

/** The values of one name (in lower case), in their order. */
export const valuesOf = (fields: Fields, name: string): string[] =>
  fields.filter(([other]) => other.toLowerCase() === name).map(([, value]) => value);

export const lowerCased = (fields: Fields): Fields =>
  fields.map(([name, value]) => [name.toLowerCase(), value]);

/** All values by name, in their order. A map: a caller may send `__proto__`. */
export function grouped(fields: Fields): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of fields) groups.set(name, [...(groups.get(name) ?? []), value]);
  return groups;
}

/** Of each group one value; without a prototype, which `__proto__` would set. JSON makes a member of it. */
export function objectOf<V>(groups: Map<string, string[]>, pick: (values: string[]) => V): Record<string, V> {
  const object: Record<string, V> = Object.create(null);
  for (const [name, values] of groups) object[name] = pick(values);
  return object;
}

export const last = (values: string[]): string => values.at(-1) as string;
export const all = (values: string[]): string[] => values;
/** As format 2.0 does: a comma, no space. */
export const joined = (values: string[]): string => values.join(',');

/** Bytes of a request line and its header fields. */
export const headBytes = (method: string, target: string, fields: Fields): number =>
  `${method} ${target} HTTP/1.1\r\n`.length +
  fields.reduce((bytes, [name, value]) => bytes + name.length + value.length + ': \r\n'.length, 0);

/** REST APIs and Function URLs say these themselves, and hand on what the function said under another name. */
const remapped = ['connection', 'content-length', 'date', 'server', 'www-authenticate'];

export const withRemapped = (fields: Fields): Fields =>
  fields.map(([name, value]) => [
    remapped.includes(name.toLowerCase()) ? `x-amzn-Remapped-${name}` : name,
    value,
  ]);
