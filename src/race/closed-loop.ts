import { Agent } from 'node:http';
import { timedCall } from './timed-call.js';

interface Loop {
  readonly port: number;
  readonly path: string;
  readonly requests: number;
  readonly concurrency: number;
}

/**
 * `concurrency` clients that ask again as soon as they are answered, until all requests are made.
 * @param onAnswer is told how many have been answered
 * @throws Refusal at the first answer that is not 200
 */
export async function closedLoop(
  { port, path, requests, concurrency }: Loop,
  onAnswer: (answered: number) => void,
): Promise<{ durationMs: number; latenciesMs: number[] }> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const latenciesMs: number[] = [];
  let left = requests;
  const client = async () => {
    while (left > 0) {
      left -= 1;
      latenciesMs.push((await timedCall(agent, port, path)).durationMs);
      onAnswer(latenciesMs.length);
    }
  };
  const startedMs = performance.now();
  try {
    await Promise.all(Array.from({ length: Math.min(concurrency, requests) }, client));
    return { durationMs: performance.now() - startedMs, latenciesMs };
  } finally {
    agent.destroy();
  }
}
