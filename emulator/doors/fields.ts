/** Header fields between the wire and an event. */
import type { Fields } from './door.js';

/** RFC 9110, 7.6.1: they concern one connection, and every service here ends it. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export const endToEnd = (fields: Fields): Fields =>
  fields.filter(([name]) => !hopByHop.has(name.toLowerCase()));

/** The values of one name, in their order. */
export const valuesOf = (fields: Fields, name: string): string[] =>
  fields.filter(([other]) => other.toLowerCase() === name).map(([, value]) => value);

/** All values by name, `nameOf` deciding which names are the same. A map: a caller may send `__proto__`. */
export function grouped(fields: Fields, nameOf = (name: string) => name): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of fields) {
    const values = groups.get(nameOf(name)) ?? [];
    groups.set(nameOf(name), [...values, value]);
  }
  return groups;
}

/** Without the prototype that `__proto__` would reach; JSON makes an own member of it, as AWS's does. */
export function plainObject<V>(entries: Iterable<readonly [string, V]>): Record<string, V> {
  const object: Record<string, V> = Object.create(null);
  for (const [name, value] of entries) object[name] = value;
  return object;
}

/** Bytes of a request line and its header fields. */
export const headBytes = (method: string, target: string, fields: Fields): number =>
  `${method} ${target} HTTP/1.1\r\n`.length +
  fields.reduce((bytes, [name, value]) => bytes + name.length + value.length + ': \r\n'.length, 0);
