/** A function's file system forgets: SQLite is no database for it. */
export const serverEngines = ['postgresql', 'mysql'] as const;
export type ServerEngineName = (typeof serverEngines)[number];
