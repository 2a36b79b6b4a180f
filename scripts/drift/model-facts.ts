import type { Engine } from '../../src/database-url.js';
import type { ModelField, Models } from '../read-models.js';
import { type Facts, type Parts, partsOf } from './facts.js';

/** What a column of a model's type is; text on MySQL has a length that the models do not know. */
const columnTypes: Record<Engine, Record<string, Record<string, string>>> = {
  sqlite: {
    String: { type: 'text' },
    Int: { type: 'integer' },
    BigInt: { type: 'bigint' },
    Float: { type: 'real' },
    Boolean: { type: 'boolean' },
    DateTime: { type: 'datetime' },
  },
  postgresql: {
    String: { type: 'text', collation: 'C' },
    Int: { type: 'integer' },
    BigInt: { type: 'bigint' },
    Float: { type: 'double precision' },
    Boolean: { type: 'boolean' },
    DateTime: { type: 'timestamp(3) without time zone' },
  },
  mysql: {
    String: { type: 'text', collation: 'utf8mb4_bin' },
    Int: { type: 'int' },
    BigInt: { type: 'bigint' },
    Float: { type: 'double' },
    Boolean: { type: 'tinyint(1)' },
    DateTime: { type: 'datetime(3)' },
  },
};

const tableFacts: Record<Engine, Record<string, string>> = {
  sqlite: { collation: 'binary' },
  postgresql: {},
  mysql: { engine: 'InnoDB' },
};

const actions: Record<string, string> = {
  Cascade: 'CASCADE',
  Restrict: 'RESTRICT',
  NoAction: 'NO ACTION',
  SetNull: 'SET NULL',
  SetDefault: 'SET DEFAULT',
};

/** Values that the client makes; the column has no default. */
const clientDefaults = ['uuid', 'cuid', 'nanoid', 'ulid'];

/** What the tables have to be. @throws Error at what it cannot compare: teach it then */
export function modelFacts({ models, indexes }: Models, engine: Engine): Facts {
  const facts: Facts = new Map();
  const tableOf = new Map(models.map(({ name, dbName }) => [name, dbName ?? name]));
  const columnOf = (model: string, field: string) => {
    const found = models.find(({ name }) => name === model)?.fields.find(({ name }) => name === field);
    return found?.dbName ?? field;
  };
  for (const { name, dbName, fields } of models) {
    const parts = partsOf(facts, dbName ?? name);
    parts.set('', tableFacts[engine]);
    for (const field of fields) {
      const place = `${name}.${field.name}`;
      if (field.kind === 'scalar')
        parts.set(`column ${field.dbName ?? field.name}`, columnFacts(field, engine, place));
      else if (field.kind === 'object') addForeignKey(parts, field);
      else throw new Error(`db:check does not know what ${place} is: ${field.kind}`);
    }
  }
  for (const { model, type, fields } of indexes) {
    const columns = fields.map(
      ({ name, sortOrder }) => columnOf(model, name) + (sortOrder === 'desc' ? ' DESC' : ''),
    );
    const kind = { id: 'primary key', unique: 'unique', normal: 'index' }[type];
    if (!kind) throw new Error(`db:check does not know an index of ${model}: ${type}`);
    partsOf(facts, tableOf.get(model) ?? model).set(`${kind} (${columns.join(', ')})`, {});
  }
  return facts;

  function addForeignKey(parts: Parts, field: ModelField): void {
    const { relationFromFields: from = [], relationToFields: to = [], type, isRequired } = field;
    // The side that only lists the others' rows.
    if (from.length === 0) return;
    const model = models.find(({ fields }) => fields.includes(field))?.name ?? '';
    const columns = from.map((name) => columnOf(model, name));
    parts.set(`foreign key (${columns.join(', ')})`, {
      references: `${tableOf.get(type)}(${to.map((name) => columnOf(type, name)).join(', ')})`,
      'on delete': actions[field.relationOnDelete ?? (isRequired ? 'Restrict' : 'SetNull')] ?? '',
      'on update': actions[field.relationOnUpdate ?? 'Cascade'] ?? '',
    });
  }
}

function columnFacts(field: ModelField, engine: Engine, place: string): Record<string, string> {
  const type = columnTypes[engine][field.type];
  if (!type || field.isList || field.nativeType)
    throw new Error(`db:check does not know the column of ${place}: ${field.type}`);
  return {
    ...type,
    nullable: field.isRequired ? 'no' : 'yes',
    default: defaultOf(field, engine, place),
  };
}

function defaultOf({ default: value }: ModelField, engine: Engine, place: string): string {
  if (value === undefined) return 'none';
  if (typeof value === 'boolean' && engine === 'mysql') return value ? '1' : '0';
  if (typeof value !== 'object') return String(value);
  const { name } = value as { name?: string };
  if (name === 'now') return 'now';
  if (name && clientDefaults.includes(name)) return 'none';
  throw new Error(`db:check does not know the default of ${place}: ${name ?? JSON.stringify(value)}`);
}
