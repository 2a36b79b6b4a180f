/** What the API documents say of sign-in. */
import type { Operation } from '../operation.js';
import { tokensSchema } from './auth.schema.js';

const cookie = {
  name: '__Host-refresh',
  description:
    'The refresh token of a cookie session; counts when the body names none, and only with an `Origin` equal to the host. ' +
    'Over plain HTTP on a loopback address in development it is called `refresh`.',
};

export const login: Operation = {
  id: 'login',
  summary: 'Sign in',
  description:
    'Opens a session. The access token holds 10 minutes; the refresh token 30 days, for one refresh. With `"session": "cookie"` ' +
    'the refresh token goes into an HttpOnly, SameSite=Strict cookie. An unknown email and a wrong password are answered alike.',
  answer: tokensSchema,
  headers: ['Set-Cookie'],
  problems: ['CREDENTIALS_WRONG', 'SIGN_IN_BUSY'],
};

export const refresh: Operation = {
  id: 'refresh',
  summary: 'Swap a refresh token for new tokens',
  description:
    'Each refresh token works once. One that comes a second time was stolen, or its answer was lost: its whole session ends, ' +
    'and the user signs in again. With a cookie session send no body.',
  answer: tokensSchema,
  headers: ['Set-Cookie'],
  problems: ['REFRESH_TOKEN_INVALID', 'ORIGIN_MISMATCH'],
  cookie,
};

export const logout: Operation = {
  id: 'logout',
  summary: 'Sign out',
  description:
    "Ends the refresh token's session; nothing happens when there is none. Access tokens of the session hold until they expire, " +
    'at most 10 minutes. With a cookie session send no body; the cookie is removed.',
  headers: ['Set-Cookie'],
  problems: ['ORIGIN_MISMATCH'],
  cookie,
};
