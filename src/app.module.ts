/** The composition root: every room, and what they share. */
import { type DynamicModule, Module } from '@nestjs/common';
import { AuthModule } from './auth/auth.module.js';
import { Keyring } from './auth/keyring.js';
import { CONFIG, type Config } from './config.js';
import { Database } from './database/database.js';
import { InboundModule } from './inbound/inbound.module.js';
import { UsersModule } from './users/users.module.js';

@Module({})
class AppModule {}

@Module({})
class SharedModule {}

/** What every room may ask for. */
const shared = (config: Config, database: Database, keyring: Keyring): DynamicModule => ({
  module: SharedModule,
  global: true,
  providers: [
    { provide: CONFIG, useValue: config },
    { provide: Database, useValue: database },
    { provide: Keyring, useValue: keyring },
  ],
  exports: [CONFIG, Database, Keyring],
});

export const appModule = (config: Config, database: Database, keyring: Keyring): DynamicModule => ({
  module: AppModule,
  imports: [shared(config, database, keyring), InboundModule, AuthModule, UsersModule],
});
