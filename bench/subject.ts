/** A server that is measured: one process, or several behind one port, started by the bench. */
export interface Subject {
  /** As the tables call it. */
  readonly name: string;
  readonly port: number;
  /** Of the process that was started; those it has started are counted with it. */
  readonly pid: number;
  /** What its requests carry besides Host: header lines, each with its end. */
  readonly headers: string;
  /** Where `headers` hold a token: a new one if it will soon be too old. */
  renew?(): Promise<void>;
  /** How late its event loop was since this was last asked, at p99 of all looks; absent where several processes have one each. */
  loopDelayMs?(): Promise<number>;
  stop(): Promise<void>;
}

/** A whole GET as it goes over the wire. */
export const getRequest = ({ headers }: Pick<Subject, 'headers'>, path: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n${headers}\r\n`;
