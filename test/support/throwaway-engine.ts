/** What differs between the engines whose servers tests start for themselves. */
export interface ThrowawayEngine {
  /** Names by which people know it. */
  readonly name: string;
  /** Of the programs that make its data folder and that serve it. */
  readonly programs: { readonly install: string; readonly serve: string };
  /** Where distributions hide them from PATH. */
  readonly folders: () => string[];
  /** Whom its package runs it as. */
  readonly account: string;
  install(dataDir: string): string[];
  serve(place: Place): string[];
  /** More arguments, for TLS with the certificate and key in these files. */
  serveTls(certificateFile: string, keyFile: string): string[];
  /** How it is told to end its connections and itself at once but in order. */
  readonly fast: NodeJS.Signals;
  /** How it is told to drop everything, to recover at its next start. */
  readonly immediate: NodeJS.Signals;
  /** What `host` or `socketPath` of a URL names to reach it without TCP. */
  socket(folder: string): string;
  url(port: number, database: string): string;
  /** The database that is there from the beginning. */
  readonly firstDatabase: string;
  /** Over a connection of its own. @throws what the driver says */
  query(url: string, sql: string): Promise<unknown>;
}

interface Place {
  readonly folder: string;
  readonly dataDir: string;
  readonly port: number;
  readonly maxConnections: number;
}
