/** Who and what there is for the requests of a walk, and how it is put right again after each of them. */
import { SignJWT } from 'jose';
import { Keyring } from '#dist/auth/keyring.js';
import type { Answer, Call, Fields, Json } from '../transports.js';
import type { DocumentedOperation } from './document.js';
import type { Caller, WalkRequest } from './requests.js';

interface Person {
  id: string;
  email: string;
  password: string;
  accessToken: string;
  etag: string;
}

interface Places {
  /** Of this server, as its pages would be called. */
  origin: string;
  /** Where nobody listens, and which may be called. */
  closed: string;
  /** The refresh cookie's name. */
  cookie: string;
  /** What the server signs with. */
  secret: string;
  /** Everybody's, to begin with. */
  password?: string;
}

/** The smallest there is. */
export const smallestRace = {
  path: '/lab/races',
  body: { workload: 'wait', ms: 1, styles: ['async'], requests: 1, concurrency: 1 },
};
const PASSWORD = 'correct horse battery';
type Send = (call: Call) => Promise<Answer>;
const bearer = (token: string): Fields => ({ authorization: `Bearer ${token}` });

export class World {
  readonly #people = new Map<string, Person>();
  readonly #values = new Map<string, string>();
  #tokens: Partial<Record<Caller, string>> = {};
  #count = 0;
  #key = 'walk-key';
  readonly #password: string;

  private constructor(
    private readonly send: Send,
    places: Places,
  ) {
    this.#values.set('cookie', places.cookie);
    this.#password = places.password ?? PASSWORD;
  }

  /** Nobody has signed up yet: the first one is admin, and stays the only one. */
  static async open(send: Send, places: Places): Promise<World> {
    const world = new World(send, places);
    for (const name of ['admin', 'user', 'other', 'gone']) await world.#join(name);
    const gone = world.#person('gone');
    world.#tokens = {
      gone: gone.accessToken,
      expired: await expiredToken(places.secret, world.#person('user').id),
    };
    await world.#expect(204, { method: 'DELETE', path: `/v1/users/${gone.id}`, headers: world.#asAdmin() });
    const page = await world.#expect(200, { path: '/v1/users?limit=1', headers: world.#asAdmin() });
    world.#values.set('cursor', page.json.nextCursor).set('origin', places.origin);
    world.#values.set('closed', places.closed);
    await world.#openSession();
    return world;
  }

  /** `text` with what its «names» stand for now. @param spell as it must be written there */
  filled(text: string, spell = (value: string): string => value): string {
    return text.replaceAll(/«([\w.]+)»/g, (whole, name: string) => spell(this.#named(name) ?? whole));
  }

  authorizationOf(caller: Caller): Record<string, string> {
    if (caller === 'nobody') return {};
    if (caller === 'garbage') return { authorization: 'Bearer not.a.token' };
    if (caller === 'another scheme') return { authorization: 'Basic YTpi' };
    return { authorization: `Bearer ${this.#tokens[caller] ?? this.#person(caller).accessToken}` };
  }

  /** Before the first request of an operation: where one needs a race, there is one, and it is over, so that who follows it is not kept. */
  async prepareFor({ path }: DocumentedOperation): Promise<void> {
    if (!path.startsWith('/lab/races/')) return;
    if (!this.#values.has('race.id'))
      this.#noteRace(await this.#expect(202, { ...smallestRace, headers: this.#asAdmin() }));
    await this.#stopRace();
  }

  /** After a request that changed somebody: each keeps their role, and is signed in. */
  async putRight({ operation, body, method }: WalkRequest, { status, json }: Answer): Promise<void> {
    if (operation.startsWith('sim')) return;
    if (operation === 'startRace' && method === 'POST') {
      if (status === 202) this.#noteRace({ json });
      // One at a time: the next one is let in again, and this one costs no more.
      if (status === 409) await this.#stopRace();
    }
    if (operation === 'removeUser' && method === 'DELETE' && status === 204) await this.#replaceMissing();
    if (operation === 'updateUser' && method === 'PATCH' && status === 200)
      await this.#noteChange(json, (body as { json?: Json } | undefined)?.json);
    if (['refresh', 'logout'].includes(operation) && method === 'POST' && [200, 204, 401].includes(status))
      await this.#openSession();
  }

  #noteRace({ json }: Pick<Answer, 'json'>): void {
    this.#values.set('race.id', json.id);
  }

  async #stopRace(): Promise<void> {
    const path = `/lab/races/${this.#values.get('race.id')}`;
    await this.#expect(204, { method: 'DELETE', path, headers: this.#asAdmin() });
    const { text } = await this.#expect(200, { path: `${path}/events`, headers: this.#asAdmin() });
    this.#values.set('race.lastEventId', text.match(/(?<=^id: )\d+/gm)?.at(-1) ?? '');
  }

  #named(name: string): string | undefined {
    if (name === 'new.email') return this.#newEmail();
    if (name === 'new.key') {
      this.#key = `walk-key-${++this.#count}`;
      return this.#key;
    }
    if (name === 'used.key') return this.#key;
    const [who = '', what = ''] = name.split('.');
    return (this.#people.get(who) as Record<string, string> | undefined)?.[what] ?? this.#values.get(name);
  }

  #newEmail = (): string => `walker-${++this.#count}@example.org`;
  #asAdmin = (): Fields => bearer(this.#person('admin').accessToken);

  #person(name: string): Person {
    const person = this.#people.get(name);
    if (!person) throw new Error(`Nobody is called ${name}.`);
    return person;
  }

  async #join(name: string): Promise<void> {
    const email = this.#newEmail();
    const body = { email, name, password: this.#password };
    const { json, headers } = await this.#expect(201, { path: '/v1/users', body });
    const accessToken = await this.#signIn(email, this.#password);
    this.#people.set(name, {
      id: json.id,
      email,
      password: this.#password,
      accessToken,
      etag: headers.etag ?? '',
    });
  }

  async #signIn(email: string, password: string): Promise<string> {
    const { json } = await this.#expect(200, { path: '/v1/auth/login', body: { email, password } });
    return json.accessToken;
  }

  /** Two refresh tokens of one session: one that was used, one that holds. */
  async #openSession(): Promise<void> {
    const { email, password } = this.#person('other');
    const login = await this.#expect(200, { path: '/v1/auth/login', body: { email, password } });
    const { refreshToken } = login.json;
    const next = await this.#expect(200, { path: '/v1/auth/refresh', body: { refreshToken } });
    this.#values.set('session.usedRefreshToken', refreshToken);
    this.#values.set('session.refreshToken', next.json.refreshToken);
  }

  async #replaceMissing(): Promise<void> {
    for (const [name, { id }] of [...this.#people]) {
      if (name === 'gone') continue;
      const { status } = await this.send({ path: `/v1/users/${id}`, headers: this.#asAdmin() });
      if (status === 404) await this.#join(name);
    }
  }

  async #noteChange(user: Json, patch: Json): Promise<void> {
    const [name, person] = [...this.#people].find(([, { id }]) => id === user.id) ?? [];
    if (!name || !person) return;
    person.email = user.email;
    if (typeof patch?.password === 'string') {
      person.password = patch.password;
      person.accessToken = await this.#signIn(person.email, person.password);
    }
    if (user.role === 'admin' && name !== 'admin')
      await this.#expect(200, {
        method: 'PATCH',
        path: `/v1/users/${user.id}`,
        body: { role: 'user' },
        headers: this.#asAdmin(),
      });
    const read = await this.#expect(200, { path: `/v1/users/${user.id}`, headers: this.#asAdmin() });
    person.etag = read.headers.etag ?? '';
  }

  async #expect(status: number, call: Call): Promise<Answer> {
    const answer = await this.send(call);
    if (answer.status !== status)
      throw new Error(`The walk cannot go on: ${call.method ?? ''} ${call.path} answered ${answer.text}`);
    return answer;
  }
}

function expiredToken(secret: string, userId: string): Promise<string> {
  const [key] = new Keyring([secret]).keys('access-token');
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ epoch: 0 })
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: key.id })
    .setIssuer('farebox')
    .setSubject(userId)
    .setIssuedAt(now - 700)
    .setExpirationTime(now - 100)
    .sign(key.bytes);
}
