import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Refusal } from '../src/cli/run-program.js';
import type { Architecture } from '../src/cost/lambda-lines.js';
import { describeDatabase } from '../src/database-url.js';
import type { DeployedFunction } from './deployed-function.js';
import type { FunctionInstances } from './function-instances.js';
import { RequestLines, whatFailed } from './request-lines.js';
import { serve } from './serve.js';
import type { Service } from './services.js';

interface Options {
  fn: DeployedFunction;
  architecture: Architecture;
  service: Service;
  port: number;
  /** More to say at the start, by what it is about. */
  notes: [about: string, text: string][];
}

/**
 * Serves HTTP with a line a request on standard output, until `signal`; what is under way is finished.
 * @returns what `signal` resolves with
 * @throws Refusal when the function does not start, or the port is taken
 */
export async function serveUntil(
  signal: Promise<number>,
  instances: FunctionInstances,
  { fn, architecture, service, port, notes }: Options,
): Promise<number> {
  // Before the port is open: what is wrong with the settings is said at once.
  const failure = await Promise.race([instances.start(), signal]);
  if (typeof failure === 'number') return failure;
  if (failure) throw new Refusal(`The function does not start. ${whyNot(failure)}`);
  const lines = new RequestLines({ memoryMb: fn.memoryMb, architecture, frontDoor: service.price });
  const server = serve(service, instances, (served) => say(lines.add(served)));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new Refusal(`127.0.0.1:${port} is in use. Choose another with --port.`);
  });
  const { DATABASE_URL: url } = fn.environment;
  const rows = [
    ['API', `http://127.0.0.1:${(server.address() as AddressInfo).port}`],
    ['Function', `${fn.name}, ${fn.memoryMb} MB, ${fn.timeoutMs / 1000} s, behind ${service.door.name}`],
    ...(url ? [['Data', describeDatabase(url)]] : []),
    ...notes,
  ];
  say(
    `\n  Farebox is ready, as a function\n\n${rows.map(([about = '', text]) => `  ${about.padEnd(10)} ${text}\n`).join('')}`,
  );
  const end = await signal;
  server.close();
  server.closeIdleConnections();
  await once(server, 'close');
  say(lines.sum());
  return end;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** A ConfigError has a line for each setting; they stay lines. */
function whyNot(payload: string): string {
  const { errorType, errorMessage } = JSON.parse(payload) as { errorType: string; errorMessage: string };
  return errorType === 'ConfigError' ? errorMessage : whatFailed(payload);
}
