import { type Facts, literal, partsOf, type ReadFacts } from './facts.js';

const OURS = `table_schema = DATABASE() AND table_name <> '_prisma_migrations'`;

const TABLES = `SELECT table_name AS \`table\`, engine AS engine FROM information_schema.tables
  WHERE ${OURS} AND table_type = 'BASE TABLE'`;

const COLUMNS = `
  SELECT table_name AS \`table\`, column_name AS name, column_type AS type, is_nullable AS nullable,
    column_default AS fallback, extra AS extra, collation_name AS collation
  FROM information_schema.columns WHERE ${OURS} ORDER BY ordinal_position`;

const INDEXES = `
  SELECT table_name AS \`table\`, index_name AS name, MAX(non_unique) AS isPlain, MAX(index_type) AS type,
    GROUP_CONCAT(CONCAT(COALESCE(column_name, 'expression'), COALESCE(CONCAT('(', sub_part, ')'), ''),
      IF(collation = 'D', ' DESC', '')) ORDER BY seq_in_index SEPARATOR ', ') AS columns
  FROM information_schema.statistics WHERE ${OURS} GROUP BY table_name, index_name`;

const FOREIGN_KEYS = `
  SELECT k.table_name AS \`table\`, k.referenced_table_name AS other, r.delete_rule AS onDelete, r.update_rule AS onUpdate,
    GROUP_CONCAT(k.column_name ORDER BY k.ordinal_position SEPARATOR ', ') AS \`from\`,
    GROUP_CONCAT(k.referenced_column_name ORDER BY k.ordinal_position SEPARATOR ', ') AS \`to\`
  FROM information_schema.key_column_usage k
  JOIN information_schema.referential_constraints r
    ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name
  WHERE k.table_schema = DATABASE() AND k.referenced_table_name IS NOT NULL
  GROUP BY k.table_name, k.constraint_name, k.referenced_table_name, r.delete_rule, r.update_rule`;

export const mysqlFacts: ReadFacts = async (query) => {
  const facts: Facts = new Map();
  const partsAt = ({ table }: Record<string, unknown>) => partsOf(facts, String(table));
  for (const row of await query(TABLES)) partsAt(row).set('', { engine: String(row.engine) });
  for (const row of await query(COLUMNS)) {
    // What the server does by itself (on update, auto_increment) no model asks for; MySQL notes an expression there too.
    const extra = String(row.extra).replace('DEFAULT_GENERATED', '').trim();
    // MariaDB writes a nullable column's default out.
    const hasNone = row.fallback === null || row.fallback === 'NULL';
    partsAt(row).set(`column ${row.name}`, {
      type: typeFamily(String(row.type)),
      ...(row.collation !== null && { collation: String(row.collation) }),
      nullable: row.nullable === 'YES' ? 'yes' : 'no',
      default: [hasNone ? 'none' : literal(row.fallback), extra].filter(Boolean).join(' '),
    });
  }
  for (const row of await query(INDEXES)) {
    const kind = row.name === 'PRIMARY' ? 'primary key' : Number(row.isPlain) ? 'index' : 'unique';
    const using = row.type === 'BTREE' ? '' : ` USING ${row.type}`;
    partsAt(row).set(`${kind} (${row.columns})${using}`, {});
  }
  for (const row of await query(FOREIGN_KEYS))
    partsAt(row).set(`foreign key (${row.from})`, {
      references: `${row.other}(${row.to})`,
      'on delete': String(row.onDelete),
      'on update': String(row.onUpdate),
    });
  return facts;
};

/** Text of any length, but not CHAR, which drops spaces; MariaDB writes a display width behind whole numbers. */
function typeFamily(type: string): string {
  if (/^(varchar\(\d+\)|(medium|long)?text)$/.test(type)) return 'text';
  return type.replace(/^(int|bigint)\(\d+\)$/, '$1');
}
