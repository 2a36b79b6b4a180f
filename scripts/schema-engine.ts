/**
 * Prisma's schema engine in wasm, for development and tests: it knows PostgreSQL and SQLite, not MySQL.
 * (Prisma's CLI wants the native engine, which has to be downloaded.)
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { PrismaLibSql } from '@prisma/adapter-libsql';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, type SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaEngine, SchemasContainer } from '@prisma/schema-engine-wasm';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import { Pool, type PoolConfig, type QueryArrayResult, types } from 'pg';
import { readMigrations } from '../src/database/migrations/migration-folder.js';
import { loadWasm } from './load-wasm.js';

type SchemaEngineClass = typeof import('@prisma/schema-engine-wasm').SchemaEngine;

/** The package would import its wasm as a module, which Node does not do; so it is put together here. */
function loadEngine(): SchemaEngineClass {
  const glue = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const wasm = loadWasm<{ __wbindgen_start(): void }>(
    readFileSync(join(dirname(glue), 'schema_engine_bg.wasm')),
    () => ({
      './schema_engine_bg.js': bindings,
    }),
  );
  const { __wbg_set_wasm: setWasm, SchemaEngine } = bindings as unknown as {
    __wbg_set_wasm(exports: object): void;
    SchemaEngine: SchemaEngineClass;
  };
  setWasm(wasm);
  wasm.__wbindgen_start();
  return SchemaEngine;
}

let loaded: SchemaEngineClass | undefined;

export interface SchemaEngineOptions {
  provider: 'postgres' | 'sqlite';
  files: [path: string, content: string][];
  /** The database to look at. */
  connect(): Promise<SqlDriverAdapter>;
  /** An empty one, to replay migrations in. */
  connectToShadow(): Promise<SqlDriverAdapter>;
}

export function openSchemaEngine(options: SchemaEngineOptions): Promise<SchemaEngine> {
  loaded ??= loadEngine();
  const factory = bindMigrationAwareSqlAdapterFactory({
    provider: options.provider,
    adapterName: options.provider === 'sqlite' ? '@prisma/adapter-libsql' : '@prisma/adapter-pg',
    connect: options.connect,
    connectToShadowDb: options.connectToShadow,
  });
  return loaded.new({ datamodels: options.files }, () => undefined, factory);
}

/** Prisma's adapter, of which `executeRaw` without arguments would run the first statement of a script only. */
export async function sqliteAdapter(url: string): Promise<SqlDriverAdapter> {
  const adapter = await new PrismaLibSql({ url }).connect();
  const { executeRaw } = adapter;
  adapter.executeRaw = async (query) => {
    if (query.args.length > 0) return executeRaw.call(adapter, query);
    await adapter.executeScript(query.sql);
    return 0;
  };
  return adapter;
}

/** Prisma's adapter, of which `executeScript` would cut a script at every semicolon. */
export async function postgresqlAdapter(config: PoolConfig): Promise<SqlDriverAdapter> {
  const pool = new Pool({ max: 1, idleTimeoutMillis: 0, ...config });
  const query = pool.query.bind(pool) as (
    statement: unknown,
  ) => Promise<QueryArrayResult | QueryArrayResult[]>;
  pool.query = (async (statement: unknown) => {
    const result = await query(statement);
    for (const field of [result].flat().flatMap(({ fields }) => fields))
      if (field.dataTypeID === types.builtins.CHAR) field.dataTypeID = types.builtins.BPCHAR;
    return result;
  }) as typeof pool.query;
  const adapter = await new PrismaPg(pool).connect();
  adapter.executeScript = async (script) => void (await pool.query(script));
  adapter.dispose = async () => {
    if (!pool.ending) await pool.end();
  };
  return adapter;
}

/** A folder of migrations as the engine takes it. */
export function migrationList(folder: string): MigrationList {
  return {
    baseDir: resolve(folder),
    lockfile: {
      path: 'migration_lock.toml',
      content: readFileSync(join(folder, 'migration_lock.toml'), 'utf8'),
    },
    shadowDbInitScript: '',
    migrationDirectories: readMigrations(folder).map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
  };
}

export const noFilters = { externalTables: [], externalEnums: [] };

export const schemasOf = (files: [string, string][]): SchemasContainer => ({
  files: files.map(([path, content]) => ({ path, content })),
});
