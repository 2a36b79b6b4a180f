/** OPTIONS answers what a path can do; every other method a path lacks is 405 with `Allow` (RFC 9110, 15.5.6). */
import type { FastifyInstance, HTTPMethods } from 'fastify';
import findMyWay from 'find-my-way';
import { Problem } from '../problem.js';
import { MAX_PARAM_LENGTH } from './max-param-length.js';

export interface KnownPaths {
  /** Gives every path its OPTIONS. Call when all routes are there. */
  completeRoutes(): void;
  /** What a request without a route is told: 405 where the path has other methods, else 404. */
  refuse(method: string, url: string): Problem;
}

/** Remembers the routes as they are made. Call before any is. */
export function watchRoutes(fastify: FastifyInstance): KnownPaths {
  const methodsByUrl = new Map<string, Set<string>>();
  fastify.addHook('onRoute', ({ url, method }: { url: string; method: HTTPMethods | HTTPMethods[] }) => {
    const methods = methodsByUrl.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    methodsByUrl.set(url, methods);
  });
  /** `Allow` by path, once all routes are there. */
  const allowByUrl = new Map<string, string>();
  let router: findMyWay.Instance<findMyWay.HTTPVersion.V1> | undefined;
  return {
    completeRoutes() {
      const paths = [...methodsByUrl].filter(([, methods]) => !methods.has('OPTIONS'));
      const used = [...new Set(paths.flatMap(([, methods]) => [...methods]))];
      for (const [url, methods] of paths) allowByUrl.set(url, [...methods, 'OPTIONS'].sort().join(', '));
      for (const [url, allow] of allowByUrl) {
        const lacking = used.filter((method) => !allow.split(', ').includes(method)) as HTTPMethods[];
        fastify.route({
          method: 'OPTIONS',
          url,
          onRequest: ({ params }, _reply, done) => done(lacksItsEnd(params) ? nothingHere() : undefined),
          handler: (_request, reply) => reply.code(204).header('allow', allow).send(),
        });
        // Or the method would be another path's: PATCH /v1/users/me would be of the user with the id "me".
        if (lacking.length > 0)
          fastify.route({
            method: lacking,
            url,
            // Before the body is looked at: it does not matter.
            onRequest: ({ method, params }, _reply, done) =>
              done(lacksItsEnd(params) ? nothingHere() : notAllowed(method, allow)),
            handler: () => undefined,
          });
      }
    },
    refuse(method, url) {
      router ??= routerOf(allowByUrl);
      const found = router.find('GET', url);
      return !found || lacksItsEnd(found.params) ? nothingHere() : notAllowed(method, String(found.store));
    },
  };
}

/** `/v1/users/` is of no user, though the router takes it for one whose id is empty. */
const lacksItsEnd = (params: unknown): boolean =>
  Object.entries(params as Record<string, string>).some(([name, value]) => name !== '*' && value === '');

const nothingHere = (): Problem => new Problem('NOT_FOUND', 'There is nothing at this path.');

const notAllowed = (method: string, allow: string): Problem =>
  new Problem('METHOD_NOT_ALLOWED', `${method} is not possible here; ${allow} are.`, { headers: { allow } });

/** Fastify's own router with each path once: Fastify itself has a tree of all paths for each method, dear to build for 30 that nobody uses. */
function routerOf(allowByUrl: Map<string, string>): findMyWay.Instance<findMyWay.HTTPVersion.V1> {
  const router = findMyWay({ maxParamLength: MAX_PARAM_LENGTH });
  for (const [url, allow] of allowByUrl) router.on('GET', url, () => undefined, allow);
  return router;
}
