import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { password, signIn } from './client.js';
import { productionSettings } from './production-settings.js';
import { removeDataDir, temporaryDataDir } from './server.js';
import { type NodeSide, startSide } from './start-side.js';

const USER = 'ada@example.org';

export interface Gateway {
  url: string;
  /** Of an admin. */
  token: string;
  side: NodeSide;
  stop(): Promise<void>;
}

/**
 * Farebox as in production, with an admin and no limits of rates, that may call these ports of this machine. Its log goes
 * nowhere: were it read by the process that measures, that would be measured.
 */
export async function startGateway(
  ports: readonly number[],
  settings: Record<string, string> = {},
): Promise<Gateway> {
  const dataDir = await temporaryDataDir();
  const environment = {
    ...productionSettings(dataDir),
    OUTBOUND_ALLOW: ports.map((port) => `127.0.0.1:${port}`).join(','),
    // More calls than anybody makes; they cost the same.
    OUTBOUND_CALLS_PER_HOUR: '100000000',
    ...settings,
  };
  try {
    makeAdmin(environment, USER);
    const side = await startSide('farebox', environment);
    const url = `http://127.0.0.1:${side.port}`;
    const stop = async () => {
      await side.stop();
      await removeDataDir(dataDir);
    };
    const token = await signIn(url, USER).catch(async (error: unknown) => {
      await stop();
      throw error;
    });
    return { url, token, side, stop };
  } catch (error) {
    await removeDataDir(dataDir);
    throw error;
  }
}

/** In a database of its own, whose tables are made first. */
export function makeAdmin(environment: Record<string, string>, email: string): void {
  const command = (file: string, ...args: string[]) =>
    execFileSync(
      process.execPath,
      [fileURLToPath(new URL(`../dist/cli/${file}.js`, import.meta.url)), ...args],
      {
        env: { PATH: process.env.PATH, ...environment },
        input: password,
        stdio: ['pipe', 'ignore', 'inherit'],
      },
    );
  command('db', 'migrate');
  command('admin', 'create', email, '--name', 'Ada', '--password-stdin');
}
