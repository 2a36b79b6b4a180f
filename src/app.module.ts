/** The composition root: every room, and what they share. */
import { type DynamicModule, Module } from '@nestjs/common';
import { AuthModule } from './auth/auth.module.js';
import { Keyring } from './auth/keyring.js';
import { CONFIG, type Config } from './config.js';
import { Database } from './database/database.js';
import { GatewayModule } from './gateway/gateway.module.js';
import { inboundModule } from './inbound/inbound.module.js';
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
  ],
  exports: [CONFIG, Database, Keyring, Metrics],
});

/** Loaded where it is on: a function in production starts without it. */
const simulator = async (): Promise<DynamicModule> => {
  const { SimModule } = await import('./sim/sim.module.js');
  return { module: SimModule };
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
  ],
});
