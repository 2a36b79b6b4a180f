/**
 * Everything that may be said to a caller when something is wrong (RFC 9457).
 * A code is stable: clients switch on it, documents list it, status and title follow from it.
 * Details are written for the caller: no stack, SQL, path, secret or internal address.
 */
export const problemCatalogue = {
  BAD_REQUEST: { status: 400, title: 'The request is malformed' },
  VALIDATION_FAILED: { status: 400, title: 'The input breaks a rule' },
  BODY_INVALID: { status: 400, title: 'The body is not valid JSON' },
  URL_INVALID: { status: 400, title: 'The URL is malformed' },
  CURSOR_INVALID: { status: 400, title: 'The cursor is not one of ours for this list' },
  UNAUTHENTICATED: { status: 401, title: 'A valid access token is needed' },
  CREDENTIALS_WRONG: { status: 401, title: 'Email or password is wrong' },
  REFRESH_TOKEN_INVALID: { status: 401, title: 'The refresh token is not valid' },
  FORBIDDEN: { status: 403, title: 'Not allowed' },
  CURRENT_PASSWORD_WRONG: { status: 403, title: 'The current password is missing or wrong' },
  TARGET_NOT_ALLOWED: { status: 403, title: 'The target may not be called from here' },
  ORIGIN_MISMATCH: { status: 403, title: 'The Origin header does not name this host' },
  NOT_FOUND: { status: 404, title: 'Not found' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'The resource does not have this method' },
  NOT_ACCEPTABLE: { status: 406, title: 'No acceptable media type' },
  REQUEST_TIMEOUT: { status: 408, title: 'The request did not arrive in time' },
  EMAIL_TAKEN: { status: 409, title: 'The email is taken' },
  IDEMPOTENCY_IN_PROGRESS: { status: 409, title: 'The same request is being served' },
  RACE_RUNNING: { status: 409, title: 'Another race is running' },
  LAST_ADMIN: { status: 409, title: 'The last admin stays' },
  PRECONDITION_FAILED: { status: 412, title: 'The resource has changed' },
  BODY_TOO_LARGE: { status: 413, title: 'The body is too large' },
  URI_TOO_LONG: { status: 414, title: 'The URL is too long' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'Unsupported media type' },
  EXPECTATION_FAILED: { status: 417, title: 'The expectation cannot be met' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'The key was used with another body' },
  RATE_LIMITED: { status: 429, title: 'Too many requests' },
  SIGN_IN_BUSY: { status: 429, title: 'Too many sign-ins at once' },
  OUTBOUND_BUSY: { status: 429, title: 'Too many outbound calls at once' },
  OUTBOUND_QUOTA_USED: { status: 429, title: 'The hour has seen enough outbound calls' },
  HEADERS_TOO_LARGE: { status: 431, title: 'The header fields are too large' },
  INTERNAL: { status: 500, title: 'Something went wrong on our side' },
  METHOD_UNKNOWN: { status: 501, title: 'The method is not known' },
  NOT_IN_CLUSTER: { status: 501, title: 'A server of several processes cannot do this' },
  NOT_ON_FUNCTIONS: { status: 501, title: 'A function cannot do this' },
  ANSWER_TOO_LARGE: { status: 500, title: 'The answer is too large to be sent' },
  UPSTREAM_STATUS: { status: 502, title: 'The upstream did not answer 2xx' },
  UPSTREAM_UNREACHABLE: { status: 502, title: 'The upstream cannot be reached' },
  UPSTREAM_INVALID: { status: 502, title: "The upstream's answer cannot be used" },
  UPSTREAM_TOO_LARGE: { status: 502, title: "The upstream's answer is too large" },
  TOO_MANY_REDIRECTS: { status: 502, title: 'The upstream redirects too often' },
  PAGING_LOOP: { status: 502, title: "The upstream's pages go round in circles" },
  UPSTREAM_TIMEOUT: { status: 504, title: 'The upstream did not answer in time' },
  DEADLINE_EXCEEDED: { status: 503, title: 'The time for an answer ran out' },
  OVERLOADED: { status: 503, title: 'The server has too much to do' },
  WORKERS_BUSY: { status: 503, title: 'Every worker thread is busy' },
  DATABASE_BUSY: { status: 503, title: 'The database is busy' },
  DATABASE_UNAVAILABLE: { status: 503, title: 'The database cannot be reached' },
  MIGRATIONS_PENDING: { status: 503, title: 'The database schema is not up to date' },
  STORAGE_FULL: { status: 507, title: 'The database has no room left' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problemCatalogue;

/** One broken rule: `pointer` is a JSON pointer into the body, or the parameter's name. */
export interface FieldError {
  detail: string;
  pointer: string;
}

/** A caller's own field name may be a megabyte long; this much of it is enough to find it. */
const MAX_NAME_LENGTH = 100;

/** A field's name as it may stand in an answer. */
export const shortName = (key: PropertyKey): string => String(key).slice(0, MAX_NAME_LENGTH);

/** RFC 6901 pointer to a place in a body. */
export const jsonPointer = (path: readonly PropertyKey[]): string =>
  path.map((key) => `/${shortName(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

export interface ProblemOptions {
  /** Broken rules, one a field. */
  errors?: FieldError[];
  /** Seconds the caller had better wait; becomes `Retry-After`. */
  retryAfterSeconds?: number;
  /** The upstream's own status, where one was the trouble. */
  upstreamStatus?: number;
  /** Instead of the code's own. */
  status?: number;
  /** It has a line in the log already. */
  isLogged?: boolean;
  /** Further response headers, such as `Allow`. */
  headers?: Record<string, string>;
  /** For the operator's log only. */
  cause?: unknown;
}

/** Thrown anywhere, answered as `application/problem+json` by the inbound room. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly status: number;
  readonly title: string;
  readonly errors: FieldError[] | undefined;
  readonly upstreamStatus: number | undefined;
  readonly isLogged: boolean;
  readonly headers: Record<string, string>;

  /** @param detail what is wrong with this very request, and what would be right */
  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause });
    this.code = code;
    this.status = options.status ?? problemCatalogue[code].status;
    this.title = problemCatalogue[code].title;
    this.errors = options.errors;
    this.upstreamStatus = options.upstreamStatus;
    this.isLogged = options.isLogged ?? false;
    this.headers = {
      ...options.headers,
      ...(options.retryAfterSeconds === undefined
        ? {}
        : { 'retry-after': String(Math.max(1, Math.ceil(options.retryAfterSeconds))) }),
    };
  }
}
