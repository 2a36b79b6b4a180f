import { type Agent, request } from 'node:http';
import { Refusal } from './answer-questions.js';

interface TimedCall {
  /** From asking to the last byte. */
  readonly durationMs: number;
  /** What the server says it took. */
  readonly processMs: number;
}

/** GET of the server under test. @throws Refusal unless it answers 200 */
export function timedCall(agent: Agent, port: number, path: string): Promise<TimedCall> {
  const startedMs = performance.now();
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path, agent }, (incoming) => {
      const { statusCode, headers } = incoming;
      incoming.resume();
      incoming.once('error', reject);
      incoming.once('end', () => {
        if (statusCode !== 200)
          return reject(new Refusal(`The server under test answered ${statusCode} instead of 200.`));
        resolve({
          durationMs: performance.now() - startedMs,
          processMs: Number(headers['x-process-time']) * 1000,
        });
      });
    });
    outgoing.once('error', () => reject(new Refusal('The server under test broke a connection.')));
    outgoing.end();
  });
}
