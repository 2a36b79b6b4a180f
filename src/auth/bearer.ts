import { Problem } from '../problem.js';

/** RFC 6750, 2.1. */
const bearer = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i;

/** The token of an `Authorization` field; undefined where it holds none. */
export const bearerToken = (authorization: string): string | undefined => bearer.exec(authorization)?.[1];

/** @param challenge what `WWW-Authenticate` says (RFC 6750, 3) */
export const unauthenticated = (detail: string, challenge: string): Problem =>
  new Problem('UNAUTHENTICATED', detail, { headers: { 'www-authenticate': challenge } });
