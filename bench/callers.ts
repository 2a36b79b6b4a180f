/** So many callers, each of whom sends the next request when the last is answered, over a connection of their own. */
import { RawConnection } from './raw-connection.js';

export interface Calls {
  seconds: number;
  /** Of each answered one. */
  durationsMs: number[];
}

interface Plan {
  port: number;
  /** As it goes over the wire: always the same, or the next one. */
  request: string | (() => string);
  /** Status of every answer. */
  expected?: number;
  callers: number;
  /** Whether another one is to be sent, after so many. */
  goesOn(sent: number): boolean;
  open?: (port: number) => Promise<RawConnection>;
  /** A new connection for each request, in its time: nothing is opened beforehand. */
  isNewEach?: boolean;
}

/** The connections are open before the clock starts. @throws Error on any other status */
export async function callers({
  port,
  request,
  expected = 200,
  callers,
  goesOn,
  open = RawConnection.open,
  isNewEach = false,
}: Plan): Promise<Calls> {
  const durationsMs: number[] = [];
  const next = typeof request === 'string' ? () => request : request;
  let sent = 0;
  const caller = async (kept: RawConnection | undefined) => {
    while (goesOn(sent)) {
      sent += 1;
      if (kept) durationsMs.push(await kept.ask(next(), expected));
      else durationsMs.push(await overNew(() => open(port), next(), expected));
    }
  };
  const connections = await Promise.all(
    Array.from({ length: callers }, () => (isNewEach ? undefined : open(port))),
  );
  const startedMs = performance.now();
  try {
    await Promise.all(connections.map(caller));
    return { seconds: (performance.now() - startedMs) / 1_000, durationsMs };
  } finally {
    for (const connection of connections) connection?.close();
  }
}

async function overNew(
  open: () => Promise<RawConnection>,
  request: string,
  expected: number,
): Promise<number> {
  const startedMs = performance.now();
  const connection = await open();
  try {
    await connection.ask(request, expected);
    return performance.now() - startedMs;
  } finally {
    connection.close();
  }
}

/** That many calls in all. */
export const asManyAs = (calls: number) => (sent: number) => sent < calls;

/** Calls for so long from the first on. */
export function during(ms: number): () => boolean {
  let untilMs: number | undefined;
  return () => {
    untilMs ??= performance.now() + ms;
    return performance.now() < untilMs;
  };
}
