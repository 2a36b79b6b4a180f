import { type Facts, literal, partsOf, type ReadFacts } from './facts.js';

export const sqliteFacts: ReadFacts = async (query) => {
  const facts: Facts = new Map();
  const tables = await query(
    `SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> '_prisma_migrations'`,
  );
  for (const { name, sql } of tables) {
    const parts = partsOf(facts, String(name));
    // No pragma tells a column's collation; only BINARY compares as the other engines do here.
    const collation = /\bCOLLATE\s+(?!BINARY\b)"?(\w+)/i.exec(String(sql))?.[1];
    parts.set('', { collation: collation ?? 'binary' });
    const columns = await query(`SELECT * FROM pragma_table_xinfo('${name}')`);
    for (const column of columns)
      parts.set(`column ${column.name}`, {
        type: String(column.type).toLowerCase(),
        nullable: column.notnull === 1 ? 'no' : 'yes',
        default: column.dflt_value === null ? 'none' : literal(column.dflt_value),
      });
    const key = columns.filter(({ pk }) => pk !== 0).sort((a, b) => Number(a.pk) - Number(b.pk));
    if (key.length > 0) parts.set(`primary key (${key.map((column) => column.name).join(', ')})`, {});
    for (const index of await query(`SELECT * FROM pragma_index_list('${name}') WHERE origin <> 'pk'`)) {
      const fields = await query(
        `SELECT name, desc, coll FROM pragma_index_xinfo('${index.name}') WHERE key = 1 ORDER BY seqno`,
      );
      const text = fields.map(
        (field) =>
          `${field.name ?? 'expression'}${field.desc ? ' DESC' : ''}${field.coll === 'BINARY' ? '' : ` COLLATE ${field.coll}`}`,
      );
      const where = index.partial ? ' WHERE ...' : '';
      parts.set(`${index.unique ? 'unique' : 'index'} (${text.join(', ')})${where}`, {});
    }
    const keys = await query(
      `SELECT id, "table", on_update, on_delete, group_concat("from", ', ') AS "from", group_concat("to", ', ') AS "to"
       FROM (SELECT * FROM pragma_foreign_key_list('${name}') ORDER BY id, seq) GROUP BY id`,
    );
    for (const foreign of keys)
      parts.set(`foreign key (${foreign.from})`, {
        references: `${foreign.table}(${foreign.to})`,
        'on delete': String(foreign.on_delete),
        'on update': String(foreign.on_update),
      });
  }
  return facts;
};
