/** A race's load generator: a process of its own, so that neither the server under test nor the one that is asked for the race pays for it. */
import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { LoadFigures, ToLoad } from '../lab/races/messages.js';
import { answerQuestions } from './answer-questions.js';
import { closedLoop } from './closed-loop.js';
import { timedCall } from './timed-call.js';
import { victimProbe } from './victim-probe.js';

/** Five times a second is as often as anybody watches. */
const TELL_EVERY_MS = 200;

// Whoever asked is gone, however it ended.
process.on('disconnect', () => process.exit());

async function alone(port: number, path: string, count: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const processMs: number[] = [];
    for (let n = 0; n < count; n++) processMs.push((await timedCall(agent, port, path)).processMs);
    return processMs;
  } finally {
    agent.destroy();
  }
}

async function loaded(
  load: Extract<ToLoad, { kind: 'load' }>,
  tellDone: (done: number) => void,
): Promise<LoadFigures> {
  let answered = 0;
  const telling = setInterval(() => tellDone(answered), TELL_EVERY_MS);
  try {
    const loop = closedLoop(load, (count) => (answered = count));
    const [figures, victimMs] = await Promise.all([loop, victimProbe(load.port, loop)]);
    return { ...figures, victimMs };
  } finally {
    clearInterval(telling);
  }
}

answerQuestions<ToLoad>(async (question, tellDone) => {
  switch (question.kind) {
    case 'alone':
      return alone(question.port, question.path, question.count);
    case 'probe':
      return victimProbe(question.port, pause(question.ms));
    case 'load':
      return loaded(question, tellDone);
  }
});
