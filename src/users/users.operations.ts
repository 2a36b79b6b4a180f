/** What the API documents say of each call on users. */
import type { Operation } from '../operation.js';
import { countSchema, userLineSchema, userPageSchema, userSchema } from './users.schema.js';

export const createUser: Operation = {
  id: 'createUser',
  summary: 'Make a user',
  description:
    'Sign-up where it is open, without a token; where it is closed, admins make users. In development the first user ' +
    'to sign up from this machine becomes admin. With an `Idempotency-Key` it can be sent again safely: the user is made ' +
    'once, and a repeat gets the first answer, `EMAIL_TAKEN` too, for 24 hours.',
  answer: userSchema,
  headers: ['ETag', 'Idempotent-Replayed', 'Location'],
  problems: [
    'EMAIL_TAKEN',
    'IDEMPOTENCY_IN_PROGRESS',
    'IDEMPOTENCY_KEY_REUSED',
    'UNAUTHENTICATED',
    'FORBIDDEN',
    'SIGN_IN_BUSY',
  ],
};

export const listUsers: Operation = {
  id: 'listUsers',
  summary: 'List users',
  description:
    'By admins. A page of at most `limit` users; `nextCursor`, or the `Link` header, leads to the next one. Pages ' +
    'are stable while users come and go: nobody is shown twice, nobody who stays is left out. With ' +
    '`Accept: application/x-ndjson` all users from `cursor` on are lines, sent as fast as they are read, and the last one is ' +
    '`{"end":{"count":n}}`; with a `nextCursor` in it where the answer had to end before the list: a function has 5 MB (behind ' +
    'a load balancer 0.9 MB) and its own time. A problem as the last line, or no last line: users are missing.',
  answer: userPageSchema,
  line: userLineSchema,
  headers: ['Link'],
  problems: ['CURSOR_INVALID', 'FORBIDDEN'],
};

export const countUsers: Operation = {
  id: 'countUsers',
  summary: 'Count users',
  description: 'By admins. How many users match the same filters as the list takes, counted by the database.',
  answer: countSchema,
  problems: ['FORBIDDEN'],
};

export const readMe: Operation = {
  id: 'readMe',
  summary: 'Read yourself',
  description: 'The user whose token this is.',
  answer: userSchema,
  headers: ['ETag'],
  problems: ['NOT_FOUND'],
};

export const readUser: Operation = {
  id: 'readUser',
  summary: 'Read a user',
  description: 'Oneself, or anybody for admins. A user that the caller may not see is not found.',
  answer: userSchema,
  headers: ['ETag'],
  problems: ['NOT_FOUND'],
};

export const updateUser: Operation = {
  id: 'updateUser',
  summary: 'Change a user',
  description:
    'A merge patch (RFC 7396): members that are named change, all at once or not at all; the others stay. None can be ' +
    "removed, so `null` breaks a rule. Changing one's own email or password needs `currentPassword`; a new password ends " +
    'all sessions of the user. `If-Match` makes the change conditional on the version that was read.',
  consumes: ['application/merge-patch+json', 'application/json'],
  answer: userSchema,
  headers: ['ETag'],
  problems: ['CURRENT_PASSWORD_WRONG', 'FORBIDDEN', 'NOT_FOUND', 'EMAIL_TAKEN', 'LAST_ADMIN', 'SIGN_IN_BUSY'],
};

export const removeUser: Operation = {
  id: 'removeUser',
  summary: 'Remove a user',
  description:
    'Oneself, or anybody for admins, with all sessions and stored answers. Every token of the user stops working. The last admin stays.',
  problems: ['NOT_FOUND', 'LAST_ADMIN'],
};
