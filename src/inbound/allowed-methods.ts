/** OPTIONS answers what a path can do; every other method a path lacks is 405 with `Allow` (RFC 9110, 15.5.6). */
import type { FastifyInstance, HTTPMethods } from 'fastify';
import { Problem } from '../problem.js';

/** Remembers the routes as they are made. Call before any is. */
export function watchRoutes(fastify: FastifyInstance): () => void {
  const methodsByUrl = new Map<string, Set<string>>();
  const watch = (route: { url: string; method: HTTPMethods | HTTPMethods[] }) => {
    const methods = methodsByUrl.get(route.url) ?? new Set();
    for (const method of [route.method].flat()) methods.add(method);
    methodsByUrl.set(route.url, methods);
  };
  fastify.addHook('onRoute', watch);

  /** Completes every known path with the methods it lacks. Call when all routes are there. */
  return () => {
    for (const [url, methods] of [...methodsByUrl]) {
      if (methods.has('OPTIONS')) continue;
      const allow = [...methods, 'OPTIONS'].sort().join(', ');
      fastify.route({
        method: 'OPTIONS',
        url,
        handler: (_request, reply) => reply.code(204).header('allow', allow).send(),
      });
      fastify.route({
        method: fastify.supportedMethods.filter(
          (method) => method !== 'OPTIONS' && !methods.has(method),
        ) as HTTPMethods[],
        url,
        // Before the body is looked at: it does not matter.
        onRequest: (request, _reply, done) =>
          done(
            new Problem('METHOD_NOT_ALLOWED', `${request.method} is not possible here; ${allow} are.`, {
              headers: { allow },
            }),
          ),
        handler: () => undefined,
      });
    }
  };
}
