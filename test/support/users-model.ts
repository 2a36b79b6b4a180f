/** What the contract says of a sequence of operations, kept in memory: the answers that every engine must give. */
import { emailKey, normalEmail } from '#dist/email.js';
import { foldCase } from '#dist/text.js';
import type { Json } from './transports.js';
import { type Operation, whom } from './user-operations.js';

interface Modelled {
  id: number;
  email: string;
  name: string;
  role: string;
  password: string;
  version: number;
  isGone: boolean;
}

interface Session {
  user: Modelled;
  isOpen: boolean;
  hasUsedToken: boolean;
}

const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
const refused = (status: number, code: string) => ({ status, code });
const shown = ({ id, email, name, role }: Modelled) => ({ id, email, name, role });
const told = (status: number, user: Modelled) => ({ status, etag: `"${user.version}"`, body: shown(user) });
const plain = (body: Json, status = 200) => ({ status, etag: undefined, body });

export class UsersModel {
  readonly #users: Modelled[];
  readonly #sessions: Session[] = [];

  /** @param admin who signed up first, by whom everything is done */
  constructor(admin: { email: string; name: string; password: string }) {
    this.#users = [{ ...admin, id: 0, role: 'admin', version: 1, isGone: false }];
  }

  apply(operation: Operation): Json {
    switch (operation.kind) {
      case 'sign up': {
        const email = normalEmail(operation.email) as string;
        if (this.#byEmail(email)) return refused(409, 'EMAIL_TAKEN');
        const { name, password } = operation;
        const id = this.#users.length;
        const user = { id, email, name, role: 'user', password, version: 1, isGone: false };
        this.#users.push(user);
        return told(201, user);
      }
      case 'read': {
        const user = this.#user(operation.who);
        return user.isGone ? refused(404, 'NOT_FOUND') : told(200, user);
      }
      case 'list':
        return this.#pages(operation);
      case 'count':
        return plain({ count: this.#matching(operation.filter).length });
      case 'patch':
        return this.#patch(operation);
      case 'delete': {
        const user = this.#user(operation.who);
        if (user.isGone) return refused(404, 'NOT_FOUND');
        // RFC 9110, 13.2.1: a condition is not looked at where the answer would be no success without it.
        if (user.id === 0) return refused(409, 'LAST_ADMIN');
        if (!this.#holds(user, operation.condition)) return refused(412, 'PRECONDITION_FAILED');
        user.isGone = true;
        return plain(undefined, 204);
      }
      case 'sign in': {
        const user = this.#byEmail(normalEmail(operation.email) as string);
        if (user?.password !== operation.password) return refused(401, 'CREDENTIALS_WRONG');
        this.#sessions.push({ user, isOpen: true, hasUsedToken: false });
        return told(200, user);
      }
      case 'refresh': {
        const session = this.#sessions.at(-1 - operation.session);
        if (!session) return 'no session';
        if (!session.isOpen || session.user.isGone || (operation.isUsed && session.hasUsedToken)) {
          session.isOpen = false;
          return refused(401, 'REFRESH_TOKEN_INVALID');
        }
        session.hasUsedToken = true;
        return told(200, session.user);
      }
      case 'sign out': {
        const session = this.#sessions.at(-1 - operation.session);
        if (!session) return 'no session';
        session.isOpen = false;
        return plain(undefined, 204);
      }
    }
  }

  #user(who: number): Modelled {
    return this.#users[whom(who, this.#users.length)] as Modelled;
  }

  #byEmail(email: string): Modelled | undefined {
    return this.#users.find((user) => !user.isGone && emailKey(user.email) === emailKey(email));
  }

  /** An old entity tag is that of the first version. */
  #holds({ version }: Modelled, condition: string): boolean {
    return condition !== 'old' || version === 1;
  }

  #patch({ who, condition, change }: Operation & { kind: 'patch' }): Json {
    const user = this.#user(who);
    if (user.isGone) return refused(404, 'NOT_FOUND');
    if (!this.#holds(user, condition)) return refused(412, 'PRECONDITION_FAILED');
    if (Object.keys(change).length === 0) return told(200, user);
    if (user.id === 0 && change.email !== undefined) return refused(403, 'CURRENT_PASSWORD_WRONG');
    if (user.id === 0 && change.role === 'user') return refused(409, 'LAST_ADMIN');
    const owner = change.email === undefined ? user : this.#byEmail(normalEmail(change.email) as string);
    if (owner && owner !== user) return refused(409, 'EMAIL_TAKEN');
    const email = change.email === undefined ? user.email : (normalEmail(change.email) as string);
    Object.assign(user, change, { email, version: user.version + 1 });
    return told(200, user);
  }

  #matching({ q, role, email }: { q?: string; role?: string; email?: string }): Modelled[] {
    const wanted = email === undefined ? undefined : emailKey(normalEmail(email) as string);
    return this.#users.filter(
      (user) =>
        !user.isGone &&
        (q === undefined || [user.name, user.email].some((text) => foldCase(text).includes(foldCase(q)))) &&
        (role === undefined || user.role === role) &&
        (wanted === undefined || emailKey(user.email) === wanted),
    );
  }

  #pages({ sort, filter, limit }: Operation & { kind: 'list' }): Json {
    const found = this.#matching(filter);
    const value = ({ email, name }: Modelled) => (sort === 'email' ? email : sort === 'name' ? name : '');
    // Ids grow with each sign-up, and so do the times.
    found.sort((a, b) => byCodePoint(value(a), value(b)) || a.id - b.id);
    if (sort === '-createdAt') found.reverse();
    const pages = [];
    for (let from = 0; from === 0 || from < found.length; from += limit) {
      const data = found.slice(from, from + limit).map(shown);
      pages.push(plain({ data, nextCursor: from + limit < found.length }));
    }
    return pages;
  }
}
