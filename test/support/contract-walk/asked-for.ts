/**
 * Answers that are in no document because the request itself asks for them: the simulator plays every upstream
 * there is, and a caller may have an upstream's status passed through.
 */
import type { WalkRequest } from './requests.js';

interface Asked {
  reason: string;
  /** Whether the request may have this status besides those that are documented. */
  status?: (status: number, request: WalkRequest) => boolean;
  /** Its success has a body that is not what its type says. */
  hasOddBody?: true;
  /** Its `Location` is what it was given, whatever that is. */
  hasOddLocation?: true;
  /** The connection may end before the answer does, or before it begins. */
  mayBreakOff?: true;
}

const queryOf = ({ query }: WalkRequest, name: string): string | undefined =>
  query.findLast(([given]) => given === name)?.[1];
const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status);
const redirects = { reason: 'redirects with the status it is told', status: isRedirect };

export const askedFor: Record<string, Asked> = {
  simStatus: {
    reason: 'answers with the status in its path',
    status: (status, { path }) => String(status) === path.code,
  },
  simItem: {
    reason: 'answers with the status in its query',
    status: (status, request) => String(status) === queryOf(request, 'status'),
  },
  simUnstable: { reason: 'fails now and then, as it is told', status: (status) => status === 500 },
  simRetryAfter: { reason: 'refuses, as it is told', status: (status) => [429, 503].includes(status) },
  simPages: {
    reason: 'pages fail, are missing or limited as its query says',
    status: (status, request) =>
      (status === 404 && queryOf(request, 'beyond') === '404') ||
      (status === 429 && queryOf(request, 'perSecond') !== undefined) ||
      (queryOf(request, 'fault')?.includes(`:${status}`) ?? false),
    hasOddBody: true,
    mayBreakOff: true,
  },
  simRedirect: redirects,
  ...Object.fromEntries(
    ['Get', 'Post', 'Put', 'Patch', 'Delete'].map((method) => [
      `simRedirectTo${method}`,
      { ...redirects, hasOddLocation: true } as const,
    ]),
  ),
  simHang: { reason: 'never answers', mayBreakOff: true },
  simReset: { reason: 'resets the connection', mayBreakOff: true, hasOddBody: true },
  simEndless: { reason: 'never ends', mayBreakOff: true, hasOddBody: true },
  simLength: { reason: 'lies about its length', mayBreakOff: true, hasOddBody: true },
  simDrip: { reason: 'is bytes', hasOddBody: true },
  simBytes: { reason: 'is bytes', hasOddBody: true },
  simGzipBomb: { reason: 'is packed, whatever was asked for', hasOddBody: true },
  simBroken: { reason: 'is broken', hasOddBody: true },
  passOutbound: {
    reason: 'errors=passthrough gives the status of the upstream',
    status: (status, request) => queryOf(request, 'errors') === 'passthrough' && status >= 400,
  },
};

/** 5xx that a caller can bring about: an upstream that is broken, too slow or not there. */
export const isUpstreamTrouble = (operation: string, status: number): boolean =>
  callers.test(operation) && (status === 502 || status === 504);
/** Operations that call others, the tutorials' included. */
const callers = /Outbound$|^classic(AllItems|ExternalApi)$/;

/** What a door that has no connection says of what plays with one. */
export const isForServersOnly = (operation: string, status: number): boolean =>
  operation.startsWith('sim') && status === 501;
