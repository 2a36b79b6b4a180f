import { removeDataDir, startServer, temporaryDataDir } from './server.js';

export interface Simulator {
  url: string;
  port: number;
  stop(): Promise<void>;
}

/** A Farebox of its own that is asked for nothing but `/sim`: a calling one would wait for its own answers. */
export async function startSimulator(): Promise<Simulator> {
  const dataDir = await temporaryDataDir();
  const { url, stop } = await startServer(dataDir, { UNSAFE_RATE_LIMIT_OFF: '1' });
  return {
    url,
    port: Number(new URL(url).port),
    stop: async () => {
      await stop();
      await removeDataDir(dataDir);
    },
  };
}
