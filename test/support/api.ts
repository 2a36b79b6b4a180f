/** An application behind one door, and the people who use it. */
import { afterAll, beforeAll } from 'vitest';
import type { Environment } from '#dist/config.js';
import { type OpenApp, openApp } from './app.js';
import type { Answer, Call, Door, Fields, Json, Transport } from './transports.js';

export const password = 'correct horse battery';

let people = 0;
/** An address nobody had before. */
export const newEmail = (): string => `person-${process.pid}-${++people}@example.org`;

export interface Person {
  id: string;
  email: string;
  accessToken: string;
  refreshToken: string;
  /** The fields that say who is calling. */
  as: Fields;
}

export class Api {
  #open: OpenApp | undefined;
  #door: Awaited<ReturnType<Transport['open']>> | undefined;
  #admin: Person | undefined;

  constructor(
    readonly transport: Transport,
    readonly environment: Environment,
  ) {}

  async start({ hasAdmin }: { hasAdmin: boolean }): Promise<void> {
    this.#open = await openApp(this.environment);
    this.#door = await this.transport.open(this.#open.app);
    if (hasAdmin) this.#admin = await this.join();
  }

  async stop(): Promise<void> {
    await this.#door?.close();
    await this.#open?.close();
  }

  get app(): OpenApp['app'] {
    if (!this.#open) throw new Error('The application was not started.');
    return this.#open.app;
  }

  get databaseUrl(): string {
    if (!this.#open) throw new Error('The application was not started.');
    return this.#open.databaseUrl;
  }

  /** The first person who signed up. */
  get admin(): Person {
    if (!this.#admin) throw new Error('Nobody has signed up.');
    return this.#admin;
  }

  call: Door = (call: Call): Promise<Answer> => {
    if (!this.#door) throw new Error('The application was not started.');
    return this.#door.call(call);
  };

  get(path: string, headers: Fields = {}): Promise<Answer> {
    return this.call({ path, headers });
  }
  post(path: string, body?: unknown, headers: Fields = {}): Promise<Answer> {
    return this.call({ method: 'POST', path, body, headers });
  }
  patch(path: string, body: unknown, headers: Fields = {}): Promise<Answer> {
    return this.call({ method: 'PATCH', path, body, headers });
  }
  delete(path: string, headers: Fields = {}): Promise<Answer> {
    return this.call({ method: 'DELETE', path, headers });
  }

  /** The answer to a sign-up in which only `fields` are out of the ordinary. */
  signUp(fields: object = {}): Promise<Answer> {
    return this.post('/v1/users', { email: newEmail(), name: 'Ada', password, ...fields });
  }

  /** A new user's record, without the cost of a sign-in. */
  async newUser(fields: object = {}): Promise<Json> {
    const answer = await this.signUp(fields);
    if (answer.status !== 201) throw new Error(`Sign-up failed: ${answer.text}`);
    return answer.json;
  }

  async signIn(email: string, given = password): Promise<Omit<Person, 'id'>> {
    const { status, text, json } = await this.post('/v1/auth/login', { email, password: given });
    if (status !== 200) throw new Error(`Sign-in failed: ${text}`);
    return { email, ...tokens(json) };
  }

  /** Signs somebody new up and in. */
  async join(fields: object = {}): Promise<Person> {
    const user = await this.newUser(fields);
    return { id: user.id, ...(await this.signIn(user.email, (fields as { password?: string }).password)) };
  }

  /** Somebody new whom the first admin makes an admin. */
  async joinAsAdmin(): Promise<Person> {
    const person = await this.join();
    const { status, text } = await this.patch(`/v1/users/${person.id}`, { role: 'admin' }, this.admin.as);
    if (status !== 200) throw new Error(`Promotion failed: ${text}`);
    return person;
  }
}

export const bearer = (accessToken: string): Fields => ({ authorization: `Bearer ${accessToken}` });

function tokens({ accessToken, refreshToken }: Json) {
  return { accessToken, refreshToken, as: bearer(accessToken) };
}

/** One application for a whole `describe`, with an admin signed in. */
export function serve(transport: Transport, environment: Environment = {}): Api {
  const api = new Api(transport, environment);
  beforeAll(() => api.start({ hasAdmin: true }));
  afterAll(() => api.stop());
  return api;
}

/** One application for a whole `describe`, with nobody in it. */
export function serveEmpty(transport: Transport, environment: Environment = {}): Api {
  const api = new Api(transport, environment);
  beforeAll(() => api.start({ hasAdmin: false }));
  afterAll(() => api.stop());
  return api;
}
