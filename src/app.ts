/** Puts the parts together: an application that is ready to serve but does not listen. */
import accepts from '@fastify/accepts';
import cookie from '@fastify/cookie';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { appModule } from './app.module.js';
import { Keyring } from './auth/keyring.js';
import type { Config } from './config.js';
import { Database } from './database/database.js';
import { migrate } from './database/migrations/migrate.js';
import { watchRoutes } from './inbound/allowed-methods.js';
import { drainOnClose } from './inbound/drain.js';
import { createFastifyAdapter } from './inbound/fastify-adapter.js';
import { installHooks } from './inbound/hooks.js';
import { NestLogger } from './inbound/logger.js';
import { serveDocuments } from './inbound/openapi.js';
import { type GatherMetrics, Metrics } from './metering/metrics.js';
import { namedHosts } from './target-list.js';

/** Fields a page of another origin may read; all that the contract speaks of. */
const exposedHeaders = [
  'ETag',
  'Idempotent-Replayed',
  'Link',
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'Server-Timing',
  'X-Process-Time',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'X-Request-Id',
];

/** What only an application beside others like it has. */
export interface Surroundings {
  /** Collects what the other processes have counted. */
  gatherMetrics?: GatherMetrics;
  /** Which of the processes this one is: its log lines say so. */
  worker?: number;
}

/**
 * @param config as `readConfig` gives it; development's missing secret is made here
 * @returns the application, its routes complete; `close()` it to let go of the database
 */
export async function createApp(
  config: Config,
  surroundings: Surroundings = {},
): Promise<NestFastifyApplication> {
  // For whoever measures starts, as `created` below (bench/servers/first-event.js).
  performance.mark('loaded');
  const secrets = config.secrets.length > 0 ? config.secrets : [await developmentSecret(config)];
  if (config.migrateOnStart) await migrate(config.database.url);
  const database = await Database.open(config.database);
  try {
    return await assemble(config, database, new Keyring(secrets), surroundings);
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function developmentSecret(config: Config): Promise<string> {
  const { localSecret } = await import('./auth/local-secret.js');
  return localSecret(config.dataDir as string);
}

async function assemble(
  config: Config,
  database: Database,
  keyring: Keyring,
  { gatherMetrics, worker }: Surroundings,
): Promise<NestFastifyApplication> {
  const metrics = await Metrics.open({
    isFunction: config.isFunction,
    emfFunction: config.emfFunction,
    hosts: namedHosts(config.outbound.allow),
    gather: gatherMetrics,
  });
  const adapter = createFastifyAdapter(config, metrics, worker);
  const fastify = adapter.getInstance();
  // First, so that a request that is refused is waited for too.
  metrics.watchInFlight(drainOnClose(fastify));
  const paths = watchRoutes(fastify);
  installHooks(fastify, config.mode, paths, metrics);
  if (config.maxLoopDelayMs !== undefined) {
    const { shedLoad } = await import('./inbound/load-shedding.js');
    shedLoad(fastify, config.maxLoopDelayMs, metrics);
  }
  // After the last answer.
  fastify.addHook('onClose', () => database.close());
  const app = await NestFactory.create<NestFastifyApplication>(
    appModule(config, database, keyring, metrics),
    adapter,
    {
      logger: new NestLogger(fastify.log),
      bodyParser: false,
      abortOnError: false,
    },
  );
  performance.mark('created');
  if (config.loopStallMs !== undefined) {
    const { nameStalls } = await import('./inbound/name-stalls.js');
    nameStalls(app, config.loopStallMs, metrics);
  }
  await app.register(accepts);
  await app.register(cookie);
  if (config.corsOrigins.length > 0)
    // Nest runs it before every other hook, so that a page can read the earliest refusal too.
    app.enableCors({
      origin: [...config.corsOrigins],
      exposedHeaders,
      methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
      maxAge: 600,
      // The path's own OPTIONS answers, with `Allow`, whether a browser or a person asks.
      strictPreflight: false,
      preflightContinue: true,
    });
  if (config.hasDocs) await serveDocuments(app, { page: !config.isFunction });
  await app.init();
  // Plug-ins make their routes when they are loaded.
  await fastify.after();
  paths.completeRoutes();
  await fastify.ready();
  return app;
}
