import { Client, type ClientConfig } from 'pg';

interface Opened {
  client: Client;
  /** Ends the connection whatever it is at: a goodbye would wait behind the statement. */
  cut: () => void;
}

/**
 * A connection, or nothing left of it: after a login that the driver itself gives up (no password, say) it would stay
 * open, and keep the process alive.
 * @throws what the driver does
 */
export async function openClient(config: ClientConfig): Promise<Opened> {
  const client = new Client(config);
  // Without a listener an error between two statements would end the process.
  client.on('error', () => undefined);
  // pg has no other word for it.
  const { connection } = client as unknown as { connection: { stream: { destroy(): void } } };
  const cut = () => connection.stream.destroy();
  try {
    await client.connect();
    return { client, cut };
  } catch (error) {
    cut();
    throw error;
  }
}
