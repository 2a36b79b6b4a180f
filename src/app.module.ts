/** The composition root: every room, and what they share. */
import { type DynamicModule, Module } from '@nestjs/common';
import { AuthModule } from './auth/auth.module.js';
import { Keyring } from './auth/keyring.js';
import { CONFIG, type Config } from './config.js';
import { Database } from './database/database.js';
import { GatewayModule } from './gateway/gateway.module.js';
import { inboundModule } from './inbound/inbound.module.js';
import { FunctionLabModule } from './lab/function-lab.module.js';
import { CallHours } from './limits/call-hours.js';
import { RateLimiter } from './limits/rate-limiter.js';
import { Metrics } from './metering/metrics.js';
import { UsersModule } from './users/users.module.js';

@Module({})
class AppModule {}

@Module({})
class SharedModule {}

/** What every room may ask for. */
const shared = (config: Config, database: Database, keyring: Keyring, metrics: Metrics): DynamicModule => ({
  module: SharedModule,
  global: true,
  providers: [
    { provide: CONFIG, useValue: config },
    { provide: Database, useValue: database },
    { provide: Keyring, useValue: keyring },
    { provide: Metrics, useValue: metrics },
    { provide: RateLimiter, useValue: new RateLimiter(config.rateLimits, database, metrics) },
    { provide: CallHours, useValue: new CallHours(database, config.outbound.callsPerHour) },
  ],
  exports: [CONFIG, Database, Keyring, Metrics, RateLimiter, CallHours],
});

/** Loaded where it is on: a function in production starts without it. */
const simulator = async (): Promise<DynamicModule> => {
  const { SimModule } = await import('./sim/sim.module.js');
  return { module: SimModule };
};

/** Loaded where it is on, too. A function's part of it is small, and is there: to load it later would be larger. */
const lab = async ({ isFunction }: Config): Promise<DynamicModule> => {
  if (isFunction) return { module: FunctionLabModule };
  const { LabModule } = await import('./lab/lab.module.js');
  return { module: LabModule };
};

const classicRoutes = async (): Promise<DynamicModule> => {
  const { ClassicModule } = await import('./classic/classic.module.js');
  return { module: ClassicModule };
};

export const appModule = (
  config: Config,
  database: Database,
  keyring: Keyring,
  metrics: Metrics,
): DynamicModule => ({
  module: AppModule,
  imports: [
    shared(config, database, keyring, metrics),
    inboundModule(config),
    AuthModule,
    UsersModule,
    GatewayModule,
    ...(config.hasSim ? [simulator()] : []),
    ...(config.hasLab ? [lab(config)] : []),
    ...(config.classic ? [classicRoutes()] : []),
  ],
});
