/** The page `/docs`: Swagger UI, every byte of it from this server. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { describeApi } from './openapi-document.js';

const PAGE = '/docs';

/** Swagger UI styles its elements inline and draws its icons from data: URLs; its scripts are files of ours. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The files of Swagger UI change with a release only; the page and its document are asked for anew. */
const ASSETS_CACHE_CONTROL = 'public, max-age=3600';

/** One server, no links, and a table of the same headers under each problem: nothing that a reader needs. */
const css = `
.swagger-ui .topbar,
.swagger-ui .schemes .servers,
.swagger-ui .schemes .servers-title,
.swagger-ui .response-col_links,
.swagger-ui .response:not([data-code^="2"]) .headers-wrapper { display: none }
.swagger-ui .schemes .auth-wrapper { margin-left: auto }
.swagger-ui .info { margin: 32px 0 24px }
.swagger-ui .scheme-container { padding: 16px 0; box-shadow: none; background: transparent }
`;

export async function servePage(app: NestFastifyApplication): Promise<void> {
  const swagger = await import('@nestjs/swagger');
  setHeadersOfPage(app.getHttpAdapter().getInstance() as unknown as FastifyInstance);
  swagger.SwaggerModule.setup(PAGE, app, () => describeApi(app, swagger), {
    raw: false,
    customSiteTitle: 'Farebox API',
    customCss: css,
    swaggerOptions: {
      // Never asks swagger.io whether the document is valid.
      validatorUrl: null,
      persistAuthorization: false,
      displayRequestDuration: true,
      defaultModelsExpandDepth: 0,
    },
  });
}

/** For the page's own routes, which are about to be made, and no others. */
function setHeadersOfPage(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    if (route.url !== PAGE && !route.url.startsWith(`${PAGE}/`)) return;
    route.onSend = (
      _request: unknown,
      reply: FastifyReply,
      payload: unknown,
      done: (error: null, payload: unknown) => void,
    ) => {
      const isAsset = reply.statusCode < 400 && route.url.includes('*');
      void reply.headers({
        'content-security-policy': CONTENT_SECURITY_POLICY,
        'cache-control': isAsset ? ASSETS_CACHE_CONTROL : 'no-cache',
      });
      done(null, payload);
    };
  });
}
