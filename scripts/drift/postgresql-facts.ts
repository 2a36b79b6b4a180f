import { type Facts, literal, partsOf, type ReadFacts } from './facts.js';

const TABLES = `
  SELECT c.oid, c.relname AS "table" FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> '_prisma_migrations'`;

const COLUMNS = `
  SELECT t."table", a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS "isNotNull",
    pg_get_expr(d.adbin, d.adrelid) AS fallback, l.collname AS collation
  FROM (${TABLES}) t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
  LEFT JOIN pg_collation l ON l.oid = a.attcollation
  ORDER BY a.attnum`;

/** indoption 1: descending, 2: nulls first, which descending implies. An index that failed to build is none. */
const INDEXES = `
  SELECT t."table", i.indisprimary AS "isPrimary", i.indisunique AS "isUnique",
    (SELECT string_agg(coalesce(a.attname, pg_get_indexdef(i.indexrelid, k::int, true)) ||
        CASE i.indoption[k - 1] WHEN 0 THEN '' WHEN 3 THEN ' DESC' ELSE ' NULLS' END, ', ' ORDER BY k)
      FROM generate_series(1, i.indnkeyatts) k
      LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[k - 1] AND a.attnum > 0) AS columns,
    CASE m.amname WHEN 'btree' THEN '' ELSE ' USING ' || m.amname END ||
      coalesce(' WHERE ' || pg_get_expr(i.indpred, i.indrelid), '') AS rest
  FROM (${TABLES}) t JOIN pg_index i ON i.indrelid = t.oid AND i.indisvalid
  JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam`;

const FOREIGN_KEYS = `
  SELECT t."table", o.relname AS other, k.confdeltype AS "onDelete", k.confupdtype AS "onUpdate",
    (SELECT string_agg(a.attname, ', ' ORDER BY n) FROM unnest(k.conkey) WITH ORDINALITY u(c, n)
      JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.c) AS "from",
    (SELECT string_agg(a.attname, ', ' ORDER BY n) FROM unnest(k.confkey) WITH ORDINALITY u(c, n)
      JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.c) AS "to"
  FROM (${TABLES}) t JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'f'
  JOIN pg_class o ON o.oid = k.confrelid`;

const actions: Record<string, string> = {
  a: 'NO ACTION',
  r: 'RESTRICT',
  c: 'CASCADE',
  n: 'SET NULL',
  d: 'SET DEFAULT',
};

export const postgresqlFacts: ReadFacts = async (query) => {
  const facts: Facts = new Map();
  const partsAt = ({ table }: Record<string, unknown>) => partsOf(facts, String(table));
  for (const row of await query(TABLES)) partsAt(row).set('', {});
  for (const row of await query(COLUMNS))
    partsAt(row).set(`column ${row.name}`, {
      type: String(row.type),
      ...(row.collation !== null && { collation: String(row.collation) }),
      nullable: row.isNotNull ? 'no' : 'yes',
      default: row.fallback === null ? 'none' : literal(row.fallback),
    });
  for (const row of await query(INDEXES)) {
    const kind = row.isPrimary ? 'primary key' : row.isUnique ? 'unique' : 'index';
    partsAt(row).set(`${kind} (${row.columns})${row.rest}`, {});
  }
  for (const row of await query(FOREIGN_KEYS))
    partsAt(row).set(`foreign key (${row.from})`, {
      references: `${row.other}(${row.to})`,
      'on delete': actions[String(row.onDelete)] ?? '',
      'on update': actions[String(row.onUpdate)] ?? '',
    });
  return facts;
};
