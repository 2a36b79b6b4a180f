/**
 * Random use of the users API, and what an answer says once everything is taken out of it that is different
 * by nature: ids become the number of the sign-up, and times, tokens and cursors go.
 */
import fc from 'fast-check';
import { type Api, bearer } from './api.js';
import type { Answer, Json } from './transports.js';

// Pairs that one collation or another takes to be the same, and an order that differs by code unit and by code point.
const texts = [
  'a',
  'A',
  'á',
  'a\u0301',
  'ß',
  'ss',
  'İ',
  'i',
  'ａ',
  '～',
  '😀',
  'z',
  'zz',
  'ǅ',
  '%',
  '_',
  "o'b",
  '\\',
];
const locals = ['ada', 'ADA', 'adá', 'strasse', 'straße', 'o-b', 'ζ', '😀'];
const passwords = ['correct horse battery', 'Correct horse battery'];

const text = fc.constantFrom(...texts);
const name = fc.array(text, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(' '));
const email = fc.constantFrom(...locals).map((local) => `${local}@example.org`);
const password = fc.constantFrom(...passwords);
const role = fc.constantFrom('user', 'admin');
/** Which of the users made so far; some have been removed by then. */
const who = fc.nat({ max: 11 });
const sort = fc.constantFrom('createdAt', '-createdAt', 'email', 'name');
const filter = fc.record({ q: text, role, email }, { requiredKeys: [] });
const condition = fc.constantFrom('none', 'current', 'old', 'any');

const operation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('sign up'), email, name, password }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('read'), who }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('list'), sort, filter, limit: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('count'), filter }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('patch'),
      who,
      condition,
      change: fc.record({ name, email, role }, { requiredKeys: [] }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete'), who, condition }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('sign in'), email, password }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('refresh'), session: fc.nat({ max: 3 }), isUsed: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('sign out'), session: fc.nat({ max: 3 }) }) },
);

export type Operation = typeof operation extends fc.Arbitrary<infer One> ? One : never;

/** @returns `count` operations, the same for the same seed */
export const operations = (count: number, seed: number): Operation[] =>
  fc.sample(operation, { numRuns: count, seed });

/** Never the first admin, by whom all this is done, while there is anybody else. */
export const whom = (who: number, users: number): number => (users > 1 ? 1 + (who % (users - 1)) : 0);

/** Of a row that has not been changed yet. */
const FIRST_ETAG = '"1"';

interface Session {
  used: string;
  current: string;
}

/** An API that operations are applied to, and what has to be remembered between them. */
export class OperatedApi {
  readonly #api: Api;
  /** By the number of the sign-up. */
  readonly #ids: string[] = [];
  /** The newest, by id: each change answers with it. */
  readonly #etags = new Map<string, string>();
  readonly #sessions: Session[] = [];

  constructor(api: Api) {
    this.#api = api;
    this.#ids.push(api.admin.id);
  }

  /** @returns what was answered, comparable between engines */
  async apply(operation: Operation): Promise<Json> {
    const api = this.#api;
    const as = api.admin.as;
    switch (operation.kind) {
      case 'sign up': {
        const { email, name, password } = operation;
        const answer = await api.post('/v1/users', { email, name, password });
        if (answer.status === 201) this.#ids.push(answer.json.id);
        return this.#told(answer);
      }
      case 'read':
        return this.#told(await api.get(this.#path(operation.who), as));
      case 'list': {
        const query = new URLSearchParams({
          ...operation.filter,
          sort: operation.sort,
          limit: String(operation.limit),
        });
        return this.#walk(`/v1/users?${query}`);
      }
      case 'count':
        return this.#told(await api.get(`/v1/users/count?${new URLSearchParams(operation.filter)}`, as));
      case 'patch':
        return this.#told(
          await api.patch(this.#path(operation.who), operation.change, {
            ...as,
            ...this.#ifMatch(operation),
          }),
        );
      case 'delete':
        return this.#told(
          await api.delete(this.#path(operation.who), { ...as, ...this.#ifMatch(operation) }),
        );
      case 'sign in': {
        const answer = await api.post('/v1/auth/login', {
          email: operation.email,
          password: operation.password,
        });
        return this.#signedIn(answer, (token) => this.#sessions.push({ used: token, current: token }));
      }
      case 'refresh': {
        const session = this.#session(operation.session);
        if (!session) return 'no session';
        const refreshToken = operation.isUsed ? session.used : session.current;
        const answer = await api.post('/v1/auth/refresh', { refreshToken });
        return this.#signedIn(answer, (token) =>
          Object.assign(session, { used: refreshToken, current: token }),
        );
      }
      case 'sign out': {
        const session = this.#session(operation.session);
        return session
          ? this.#told(await api.post('/v1/auth/logout', { refreshToken: session.current }))
          : 'no session';
      }
    }
  }

  /** All pages to the end. */
  async #walk(first: string): Promise<Json> {
    const pages: Json[] = [];
    for (let path: string | undefined = first; path !== undefined; ) {
      const answer: Answer = await this.#api.get(path, this.#api.admin.as);
      pages.push(this.#told(answer));
      const next: string | null | undefined = answer.json.nextCursor;
      path = next ? `${first}&cursor=${encodeURIComponent(next)}` : undefined;
    }
    return pages;
  }

  /** Who has just been given tokens is asked for by them, so that they are known to be good. */
  async #signedIn(answer: Answer, keep: (refreshToken: string) => void): Promise<Json> {
    if (answer.status !== 200) return this.#told(answer);
    keep(answer.json.refreshToken);
    return this.#told(await this.#api.get('/v1/users/me', bearer(answer.json.accessToken)));
  }

  #session(number: number): Session | undefined {
    return this.#sessions.at(-1 - number);
  }

  #path(who: number): string {
    return `/v1/users/${this.#id(who)}`;
  }

  #id(who: number): string {
    return this.#ids[whom(who, this.#ids.length)] as string;
  }

  #ifMatch({ who, condition }: { who: number; condition: string }): Record<string, string> {
    if (condition === 'none') return {};
    if (condition === 'any') return { 'if-match': '*' };
    return { 'if-match': (condition === 'current' && this.#etags.get(this.#id(who))) || FIRST_ETAG };
  }

  #told({ status, json, headers }: Answer): Json {
    if (headers.etag) this.#etags.set(json.id, headers.etag);
    if (status >= 400) return { status, code: json.code };
    return { status, etag: headers.etag, body: this.#plain(json) };
  }

  #plain(json: Json): Json {
    if (Array.isArray(json)) return json.map((item) => this.#plain(item));
    if (typeof json !== 'object' || json === null) return json;
    const members = Object.entries(json).filter(([key]) => !/^(createdAt|updatedAt)$/.test(key));
    return Object.fromEntries(
      members.map(([key, value]) => {
        if (key === 'id') return [key, this.#ids.indexOf(value as string)];
        if (key === 'nextCursor') return [key, value !== null];
        return [key, this.#plain(value)];
      }),
    );
  }
}
