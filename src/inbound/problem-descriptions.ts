/** What each code means and what a client should do about it; its page and the API documents say so. */
import type { FieldError, ProblemCode } from '../problem.js';

interface ProblemDescription {
  readonly description: string;
  /** `detail` and `errors` of one such problem, as an example. */
  readonly detail: string;
  readonly errors?: readonly FieldError[];
}

const broken = (pointer: string, detail: string) => ({
  detail: `${pointer}: ${detail}`,
  errors: [{ detail, pointer }],
});

export const problemDescriptions: Readonly<Record<ProblemCode, ProblemDescription>> = {
  BAD_REQUEST: {
    description:
      'The request is not what HTTP or this call allows. Mend it; the same request will fail again.',
    detail: 'If-Match must be * or a list of entity tags such as "3".',
    errors: [{ detail: 'must be * or a list of entity tags', pointer: 'If-Match' }],
  },
  VALIDATION_FAILED: {
    description:
      'A field of the body or a parameter breaks a rule, is missing or is not known. `errors` names each; mend them and send again.',
    ...broken('/name', 'must have 1 to 255 characters'),
  },
  BODY_INVALID: {
    description:
      'The body is not JSON, names a member twice, or is nested too deeply. Send what a JSON library writes, in UTF-8.',
    detail: 'The body is not valid JSON.',
  },
  URL_INVALID: {
    description:
      'The URL that was called, or the one to be called, cannot be used: a broken percent-encoding, or, of a target, another scheme than http and https, user info, a space or backslash, too many characters, a port that is not on the list. Mend it.',
    detail: 'The URL holds a malformed percent-encoding.',
  },
  CURSOR_INVALID: {
    description:
      'The cursor was changed, or belongs to a list with another sort or filter. Start again at the first page, without a cursor.',
    detail: 'cursor: must be the nextCursor of a page of this list, with the same filters.',
    errors: [{ detail: 'must be the nextCursor of a page of this list', pointer: 'cursor' }],
  },
  UNAUTHENTICATED: {
    description:
      'The access token is missing, malformed, expired, or revoked by a password change or removal. Refresh it or sign in, then repeat the request.',
    detail: 'The access token is malformed, expired or revoked.',
  },
  CREDENTIALS_WRONG: {
    description:
      'No user has this email and this password; which of the two is wrong is not told. Ask the person again.',
    detail: 'There is no user with this email and password.',
  },
  REFRESH_TOKEN_INVALID: {
    description:
      'The refresh token is missing, unknown, expired, revoked, or was used before; a second use ends its session. Sign in again.',
    detail: 'The refresh token is unknown, used, revoked or expired; sign in again.',
  },
  FORBIDDEN: {
    description:
      'The token is good, but this user may not do this; mostly only admins may. Do not repeat it.',
    detail: 'Only admins may do this.',
  },
  CURRENT_PASSWORD_WRONG: {
    description:
      "Changing one's own email or password needs `currentPassword`, and it was missing or wrong. Ask the person for it.",
    ...broken('/currentPassword', "must be the user's password"),
  },
  ORIGIN_MISMATCH: {
    description:
      'A session cookie counts only in requests from pages of this very host, told by the `Origin` header. Other clients send `refreshToken` in the body.',
    detail: 'With a cookie, the Origin header must name this host.',
  },
  TARGET_NOT_ALLOWED: {
    description:
      'The host of an outbound call, or an address it has, may not be called from here: it is not public, or the operator has ruled it out. The answer is the same whatever the reason; the operator finds it in the log.',
    detail: 'This target may not be called from here.',
  },
  NOT_FOUND: {
    description:
      'Nothing is at this path, or nothing that the caller may see: the two are not told apart. Check the path and the id.',
    detail: 'There is no such user, or it is not yours to see.',
  },
  METHOD_NOT_ALLOWED: {
    description: 'The path exists but does not have this method. `Allow` lists those it has.',
    detail: 'PUT is not possible here; GET, HEAD, OPTIONS, POST are.',
  },
  NOT_ACCEPTABLE: {
    description: '`Accept` rules out every media type this call can answer with. Accept `application/json`.',
    detail: 'Answers are application/json; problems are application/problem+json.',
  },
  REQUEST_TIMEOUT: {
    description:
      'The request began but did not arrive in full in time, and the connection was closed. Send it again.',
    detail: 'A request must arrive within 30 s.',
  },
  EMAIL_TAKEN: {
    description:
      'Another user has this address, in this or another spelling. Use another one, or sign in with it.',
    ...broken('/email', 'a user with this address exists'),
  },
  IDEMPOTENCY_IN_PROGRESS: {
    description:
      'A request with the same `Idempotency-Key` and body is being served this very moment, or was cut off less than a minute ago. Send it again after `Retry-After` seconds: it gets the same answer.',
    detail: 'A request with this Idempotency-Key is being served; send it again shortly.',
  },
  RACE_RUNNING: {
    description:
      'The lab runs one race at a time, so that races do not slow each other. Wait for its end, or stop it (`DELETE`).',
    detail: 'A race is running: /lab/races/019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071.',
  },
  LAST_ADMIN: {
    description:
      'The change would leave nobody who can administer. Make another user an admin first, then repeat the request.',
    detail: 'The last admin can be neither demoted nor removed; make another one first.',
  },
  PRECONDITION_FAILED: {
    description:
      'Somebody changed the resource since the version that `If-Match` names was read. Read it again, decide again, and send the new `ETag`.',
    detail: 'If-Match does not name the current version; read it again.',
  },
  BODY_TOO_LARGE: {
    description: 'The body is larger than this API takes. Send less in one request.',
    detail: 'A body may have at most 256 KiB, one for /v1/outbound 1 MiB.',
  },
  URI_TOO_LONG: {
    description: 'The URL, or a part of its path, is longer than any URL of this API. Shorten it.',
    detail: 'A URL may have at most 8000 characters.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    description: '`Content-Type` is missing or names what this call does not take. Send `application/json`.',
    detail: 'Send the body with Content-Type: application/json.',
  },
  EXPECTATION_FAILED: {
    description: '`Expect` asks for more than `100-continue`. Leave the header out.',
    detail: 'The request cannot be served as it was sent.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    description:
      'This `Idempotency-Key` was used with another body. A key stands for one request: make a new one for a new request.',
    detail: 'Idempotency-Key: was used with another body.',
    errors: [{ detail: 'was used with another body', pointer: 'Idempotency-Key' }],
  },
  RATE_LIMITED: {
    description:
      'More requests of this kind came from this address, user or for this email than its limit allows; `RateLimit-Policy` says which. Go on after `Retry-After` seconds; asking sooner changes nothing.',
    detail: 'At most 10 requests in 60 seconds; try again in 42 seconds.',
  },
  SIGN_IN_BUSY: {
    description:
      'More passwords are waiting to be checked than this server takes at once. Nothing was done; repeat the request after `Retry-After` seconds.',
    detail: 'Too many passwords are being checked at once; try again shortly.',
  },
  OUTBOUND_BUSY: {
    description:
      'As many outbound requests of one user, or calls to one host, as are allowed at the same time are under way. Nothing was called; repeat the request after `Retry-After` seconds.',
    detail: 'At most 4 outbound requests of one user may be under way at the same time.',
  },
  OUTBOUND_QUOTA_USED: {
    description:
      'This user has made as many upstream calls as an hour allows, redirects and repeats included. Go on after `Retry-After` seconds.',
    detail: 'At most 10000 upstream calls an hour are made for one user.',
  },
  HEADERS_TOO_LARGE: {
    description:
      'Request line and header fields are larger than this server takes. Send fewer or shorter ones.',
    detail: 'Request line and header fields may have 16 KiB in all.',
  },
  METHOD_UNKNOWN: {
    description:
      'The method is none that HTTP is spoken with; names of methods are in capitals. Nothing has it here, and nothing was done.',
    detail: 'The method is none that is known here.',
  },
  NOT_IN_CLUSTER: {
    description:
      'What this would begin is known to one process only, and the next request may meet another. Ask a server that runs with `WEB_CONCURRENCY=1`.',
    detail:
      'With WEB_CONCURRENCY of 2 or more the next request may meet a process that knows nothing of the race.',
  },
  NOT_ON_FUNCTIONS: {
    description:
      'What was asked for needs a server: its connection, its threads or its time. This API runs as a function, which has none of them. Ask the same of a server.',
    detail: 'This plays with the connection, which a function does not have; ask a server.',
  },
  INTERNAL: {
    description:
      'The request met an error that nobody foresaw; it is in the log. It may work later; tell the operator the `requestId` if it does not.',
    detail: 'The request failed. Its id helps the operator find out why.',
  },
  UPSTREAM_STATUS: {
    description:
      "The upstream answered, but not 2xx; `upstreamStatus` says what. With `errors=passthrough` the problem's own status is the upstream's.",
    detail: 'The upstream answered 404.',
  },
  UPSTREAM_UNREACHABLE: {
    description:
      'No answer came from the upstream: its name is not known, it does not take connections, its certificate does not hold, or it hung up. It may work later.',
    detail: 'The upstream at api.example.org cannot be reached.',
  },
  UPSTREAM_INVALID: {
    description:
      'The upstream answered, but its answer is cut off, is not what it says it is, or is not what was asked for. Look at the upstream.',
    detail: 'The upstream at api.example.org sent a body that is not valid JSON.',
  },
  UPSTREAM_TOO_LARGE: {
    description:
      "The upstream's answer has more bytes than are taken, or unpacks to far more than came; or it does not fit any more into the answer to a whole batch or crawl. Ask the upstream for less, or for lines (`application/x-ndjson`).",
    detail: 'The upstream at api.example.org sent more than 4194304 bytes.',
  },
  TOO_MANY_REDIRECTS: {
    description: 'The upstream redirected more than 5 times. Call the place it leads to.',
    detail: 'The upstream at api.example.org redirects more than 5 times.',
  },
  PAGING_LOOP: {
    description:
      'A page names as the next one a page that was visited before, or has the items of an earlier page once more. Items that came by then may not be all. Look at `paging`: a parameter that the upstream does not know has this effect.',
    detail: 'Page 3 names as the next one a page that was visited before.',
  },
  UPSTREAM_TIMEOUT: {
    description:
      'The upstream had not answered in full when the time for the call, or for the batch or crawl that it is part of (`timeoutMs`), was over, redirects and repeats included; or it had not been called by then.',
    detail: 'The upstream at api.example.org did not answer within 10000 ms.',
  },
  ANSWER_TOO_LARGE: {
    description:
      'The answer is larger than a function can send: 6 MB, and 1 MB behind a load balancer. What was asked for has been done. Ask for less at a time, with a lower `limit`.',
    detail: 'The answer has more than the 6 MB that can be sent from here. Ask for less at a time.',
  },
  DEADLINE_EXCEEDED: {
    description:
      'A function has a limited time for each request, and it ran out. After `Retry-After` seconds look whether a change was made before repeating the request.',
    detail:
      'The answer was not ready in the time there is. A change may have been made: look before trying again.',
  },
  OVERLOADED: {
    description:
      'The server has more to do than it can answer in good time, and refuses before it begins: nothing was done. Try again after `Retry-After` seconds, with growing pauses.',
    detail: 'The server has too much to do at the moment. Nothing was done.',
  },
  WORKERS_BUSY: {
    description:
      'Every worker thread has work, and as many tasks as may wait (`LAB_QUEUE_MAX`) are waiting. Come again after `Retry-After`.',
    detail: 'All 4 worker threads are busy, and 1000 tasks are waiting for one.',
  },
  DATABASE_BUSY: {
    description:
      'The database did not get to this request in time, and nothing was changed by it. Repeat it after `Retry-After` seconds.',
    detail: 'The database did not get to this request in time. Nothing was changed by it.',
  },
  DATABASE_UNAVAILABLE: {
    description:
      'The database cannot be used, or did not say how a change ended. After `Retry-After` seconds look whether the change was made before repeating it.',
    detail: 'The database cannot be used at the moment.',
  },
  MIGRATIONS_PENDING: {
    description:
      'The server is newer than its database; an operator has to bring the schema up to date. Try again later.',
    detail: 'The database schema is not up to date.',
  },
  STORAGE_FULL: {
    description:
      'The database has no room for the change, and nothing was changed. An operator has to make room.',
    detail: 'The database has no room for this change.',
  },
};
