/** What the API documents say of each call on users. */
import type { Operation } from '../operation.js';
import { countSchema, userPageSchema, userSchema } from './users.schema.js';

export const createUser: Operation = {
  id: 'createUser',
  summary: 'Make a user',
  description:
    'Sign-up where it is open, without a token; where it is closed, admins make users. In development the first user ' +
    'to sign up from this machine becomes admin.',
  answer: userSchema,
  headers: ['ETag', 'Location'],
  problems: ['EMAIL_TAKEN', 'UNAUTHENTICATED', 'FORBIDDEN', 'SIGN_IN_BUSY'],
};

export const listUsers: Operation = {
  id: 'listUsers',
  summary: 'List users',
  description:
    'By admins. A page of at most `limit` users; `nextCursor`, or the `Link` header, leads to the next one. Pages ' +
    'are stable while users come and go: nobody is shown twice, nobody who stays is left out.',
  answer: userPageSchema,
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
    'Oneself, or anybody for admins, with all sessions. Every token of the user stops working. The last admin stays.',
  problems: ['NOT_FOUND', 'LAST_ADMIN'],
};
