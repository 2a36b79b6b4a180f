/** A part of a table (`column uses`, `index (email, id)`; the table itself is '') and what is so about it. */
export type Parts = Map<string, Record<string, string>>;
/** By table. */
export type Facts = Map<string, Parts>;

/** Reads what a real database has. */
export type ReadFacts = (query: (sql: string) => Promise<Record<string, unknown>[]>) => Promise<Facts>;

/** One line a difference; none: no drift. */
export function compareFacts(expected: Facts, found: Facts): string[] {
  return [...new Set([...expected.keys(), ...found.keys()])].sort().flatMap((table) => {
    const [wanted, had] = [expected.get(table), found.get(table)];
    if (!had) return [`table ${table}: expected, not found`];
    if (!wanted) return [`table ${table}: found, not in the models`];
    return [...new Set([...wanted.keys(), ...had.keys()])].flatMap((part) =>
      compareParts(`table ${table}${part && `, ${part}`}`, wanted.get(part), had.get(part)),
    );
  });
}

function compareParts(
  place: string,
  wanted: Record<string, string> | undefined,
  had: Record<string, string> | undefined,
): string[] {
  if (!had) return [`${place}: expected, not found`];
  if (!wanted) return [`${place}: found, not in the models`];
  return Object.keys({ ...wanted, ...had })
    .filter((aspect) => wanted[aspect] !== had[aspect])
    .map(
      (aspect) => `${place}, ${aspect}: expected ${wanted[aspect] ?? 'none'}, found ${had[aspect] ?? 'none'}`,
    );
}

/** The parts of a table, made where it is new. */
export function partsOf(facts: Facts, table: string): Parts {
  const parts: Parts = facts.get(table) ?? new Map();
  facts.set(table, parts);
  return parts;
}

/** A default's literal: a server writes strings in quotes, and PostgreSQL the type behind them. */
export function literal(expression: unknown): string {
  const text = String(expression);
  const quoted = /^'((?:[^']|'')*)'(?:::[\w ()"]+)?$/.exec(text)?.[1];
  if (quoted !== undefined) return quoted.replaceAll("''", "'");
  return /^current_timestamp(\(\d\))?$/i.test(text) ? 'now' : text;
}
