/** The server under test: all of Farebox, on loopback and a database of its own, for the length of one race. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { TargetFigures, ToTarget } from '../lab/races/messages.js';
import { answerQuestions } from './answer-questions.js';
import { endWithParent } from './end-with-parent.js';

const [folder = '', threads = '', parent = ''] = process.argv.slice(2);
endWithParent({ parent: Number(parent), folder });

const NS_A_MS = 1e6;
const US_A_MS = 1e3;
const BYTES_A_MB = 1024 ** 2;
/** A repetition may last no longer than a tenth of a second: this is ten looks. */
const RESOLUTION_MS = 10;
const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
const delayMs = (betweenNs: number): number => Math.max(0, betweenNs / NS_A_MS - RESOLUTION_MS);

let port: Promise<number> | undefined;
let cpuBefore = process.cpuUsage();

async function serve(): Promise<number> {
  const [{ createApp }, { readConfig }] = await Promise.all([import('../app.js'), import('../config.js')]);
  const app: NestFastifyApplication = await createApp(
    readConfig({
      DATA_DIR: folder,
      LAB: 'on',
      LAB_THREADS: threads,
      // Nothing may refuse what a race asks for, and nothing else has a part in what it takes.
      LAB_QUEUE_MAX: '1000',
      UNSAFE_RATE_LIMIT_OFF: '1',
      MAX_LOOP_DELAY_MS: '0',
      LOOP_STALL_MS: '0',
      LOG_LEVEL: 'silent',
      DOCS: 'off',
      SIM: 'off',
    }),
  );
  await app.listen(0, '127.0.0.1');
  return (app.getHttpServer().address() as { port: number }).port;
}

async function figures(): Promise<TargetFigures> {
  // What the last answer held up shows at the next look.
  await pause(2 * RESOLUTION_MS);
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    cpuMs: (user + system) / US_A_MS,
    loopMeanMs: delays.count === 0 ? 0 : delayMs(delays.mean),
    loopMaxMs: delays.count === 0 ? 0 : delayMs(delays.max),
    memoryMb: process.memoryUsage.rss() / BYTES_A_MB,
  };
}

answerQuestions<ToTarget>(async ({ kind }) => {
  switch (kind) {
    case 'port':
      port ??= serve();
      return port;
    case 'begin':
      delays.enable();
      delays.reset();
      cpuBefore = process.cpuUsage();
      return undefined;
    case 'end':
      return figures();
  }
});
