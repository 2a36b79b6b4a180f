import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { freePort } from './free-port.js';

/** A way to a server that can be blocked. */
export interface TcpProxy {
  readonly port: number;
  /** Breaks every connection there is. */
  cut(): void;
  /** New connections are refused; those there are stay. */
  refuse(): void;
  accept(): Promise<void>;
  /** Connections stay open, new ones are accepted, and no byte comes through. */
  silence(): void;
  /** What was held back comes through. */
  resume(): void;
  /** The connections there are carry nothing from now on, as behind a router that has forgotten them; new ones work. */
  forget(): void;
  close(): Promise<void>;
}

/** Stands in front of the server at `target` on this machine. Close it. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let isSilent = false;

  const flow = ([client, server]: readonly [Socket, Socket]) => client.pipe(server).pipe(client);
  const hold = ([client, server]: readonly [Socket, Socket]) => {
    client.unpipe(server).pause();
    server.unpipe(client).pause();
  };
  const take = (client: Socket) => {
    const pair = [client, connect(target, '127.0.0.1')] as const;
    pairs.add(pair);
    for (const socket of pair)
      socket
        .on('error', () => undefined)
        .on('close', () => {
          pairs.delete(pair);
          for (const end of pair) end.destroy();
        });
    if (!isSilent) flow(pair);
  };

  const port = await freePort();
  const listener = createServer(take);
  const accept = async () => {
    await once(listener.listen(port, '127.0.0.1'), 'listening');
  };
  const cut = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
  await accept();
  return {
    port,
    cut,
    // Stops listening at once; "close" would come only after the last connection has ended.
    refuse: () => void listener.close(),
    accept,
    silence: () => {
      isSilent = true;
      pairs.forEach(hold);
    },
    resume: () => {
      isSilent = false;
      pairs.forEach(flow);
    },
    forget: () => pairs.forEach(hold),
    close: async () => {
      if (listener.listening) listener.close();
      cut();
    },
  };
}
