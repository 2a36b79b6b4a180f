/**
 * The OpenAPI 3.1 document. @nestjs/swagger finds the routes, parameters and bodies, all from the zod schemas
 * that check them; answers, headers and problems follow from rules and from the `@Documented` notes.
 */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import type * as z from 'zod';
import { documentedHandlers, handlerKey } from './openapi-handlers.js';
import { answerHeaders, headerParameters } from './openapi-headers.js';
import { describeOperation, type Found } from './openapi-operation.js';
import { problemComponents } from './openapi-problems.js';
import { SchemaCollection } from './openapi-schemas.js';
import { problemSchema } from './problem.schema.js';

/** The package's; a test holds the two together. */
const VERSION = '0.1.0';

const description = `
Users, and calls to other hosts on their behalf. Send the \`accessToken\` that [signing in](#/Auth/login) gives as \`Authorization: Bearer …\`.

- **Problems** are \`application/problem+json\` (RFC 9457). Switch on \`code\`; \`type\` leads to what it means.
- **Lists** come in pages: follow \`nextCursor\`, or \`Link: …; rel="next"\`, until there is none.
- **Versions**: \`ETag\` names the version that was read; \`If-Match\` changes that one only, \`If-None-Match\` asks for a newer one.
- **Outbound calls** reach public hosts only, within one deadline. What an upstream does wrong is a problem of its own (\`UPSTREAM_…\`, 502 or 504).
- **Every answer** says how long it took (\`Server-Timing\`, \`X-Process-Time\`) and carries \`X-Request-Id\`.
- **HEAD** works wherever GET does; **OPTIONS** answers 204 with \`Allow\` on every path.
`.trim();

const tags = [
  { name: 'Users', description: 'Sign-up, and what can be done with users' },
  { name: 'Auth', description: 'Sign-in, refresh and sign-out' },
  { name: 'Gateway', description: 'Calls to public hosts, on behalf of the caller' },
  {
    name: 'Simulator',
    description: 'An upstream for demos and tests: its answers follow from the request alone',
  },
  { name: 'Lab', description: 'The same work done every way, to be measured. In production for admins only' },
  { name: 'Classic', description: 'The routes of the well-known FastAPI tutorials, for their clients' },
  { name: 'Health', description: 'For load balancers and orchestrators' },
  { name: 'Metrics', description: 'For Prometheus and its like' },
  { name: 'Problems', description: 'What every `code` means and what to do about it' },
];

/** Builds the whole document, as this server is configured. Takes some 30 ms, most of it loading the generator. */
export async function buildOpenApi(app: NestFastifyApplication): Promise<OpenAPIObject> {
  return describeApi(app, await import('@nestjs/swagger'));
}

/** @param swagger the generator, which is loaded only where documents are on */
export function describeApi(
  app: NestFastifyApplication,
  swagger: typeof import('@nestjs/swagger'),
): OpenAPIObject {
  const schemas = new SchemaCollection();
  const handlers = documentedHandlers(app);
  const generated = swagger.SwaggerModule.createDocument(app, new swagger.DocumentBuilder().build(), {
    operationIdFactory: handlerKey,
    standardSchemaConverter: (schema, { schemaType }) => ({
      schema: schemas.add(schema as z.ZodType, schemaType),
    }),
  });
  const paths: Record<string, Record<string, object>> = {};
  for (const [path, operations] of Object.entries(generated.paths)) {
    for (const [method, found] of Object.entries(
      operations as Record<string, Found & { operationId: string }>,
    )) {
      const handler = handlers.get(found.operationId);
      if (handler)
        paths[path] = {
          ...paths[path],
          [method]: describeOperation({ method, path, found, handler }, schemas),
        };
    }
  }
  const used = new Set(
    Object.values(paths).flatMap((operations) =>
      Object.values(operations).flatMap((operation) => (operation as Found).tags ?? []),
    ),
  );
  schemas.add(problemSchema, 'output');
  return {
    openapi: '3.1.1',
    info: {
      title: 'Farebox API',
      version: VERSION,
      description,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'This server' }],
    security: [{ bearer: [] }],
    tags: tags.filter(({ name }) => used.has(name)),
    paths,
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'The `accessToken` of a sign-in. It holds 10 minutes.',
        },
        ...([...handlers.values()].some(({ scheme }) => scheme === 'metricsToken') && {
          metricsToken: {
            type: 'http',
            scheme: 'bearer',
            description: 'The `METRICS_TOKEN` of this server. It opens nothing but `/metrics`.',
          },
        }),
      },
      parameters: headerParameters(),
      headers: answerHeaders,
      ...problemComponents(),
      schemas: schemas.components,
    },
  } as unknown as OpenAPIObject;
}
