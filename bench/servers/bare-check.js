// @ts-check
/** The check that Farebox makes of a request (src/auth/access.guard.ts), as briefly as it can be made. */
import { jwtVerify } from 'jose';

/**
 * Who asks, as the database knows them.
 * @typedef {{ id: string, role: string, sessionEpoch: number }} Caller
 */

/** Of src/auth/recent-principals.ts: a read is content with its caller as they were so long ago. */
const MAX_AGE_MS = 1_000;

/** Keys by id: those that the tokens of the bench are signed with. */
const keys = new Map(
  Object.entries(/** @type {Record<string, string>} */ (JSON.parse(process.env.TOKEN_KEYS ?? '{}'))).map(
    ([id, bytes]) => [id, new Uint8Array(Buffer.from(bytes, 'base64'))],
  ),
);

const keyOf = (/** @type {{ kid?: string }} */ { kid }) => {
  const key = keys.get(kid ?? '');
  if (!key) throw new Error('no such key');
  return key;
};

/**
 * Each token is verified each time; who it is of is read, or remembered for a second where the route is content with that.
 * @param {(id: string) => Promise<Caller | undefined>} read
 * @returns {(authorization: string | undefined, mayBeRecent: boolean) => Promise<Caller | undefined>} undefined: 401
 */
export function checker(read) {
  /** @type {Map<string, { caller: Caller, untilMs: number }>} */
  const recent = new Map();
  return async (authorization, mayBeRecent) => {
    const token = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return undefined;
    const { payload } = await jwtVerify(token, keyOf, {
      algorithms: ['HS256'],
      issuer: 'farebox',
      typ: 'at+jwt',
      requiredClaims: ['sub', 'exp', 'epoch'],
    });
    const id = /** @type {string} */ (payload.sub);
    const seen = mayBeRecent ? recent.get(id) : undefined;
    const isRecent = seen !== undefined && seen.untilMs > performance.now();
    const caller = isRecent ? seen.caller : await read(id);
    if (caller === undefined || caller.sessionEpoch !== payload.epoch) return undefined;
    if (!isRecent) recent.set(id, { caller, untilMs: performance.now() + MAX_AGE_MS });
    return caller;
  };
}
