import { startSilentNames } from '../../test/support/silent-names.js';
import { call, password, signIn, signUp } from '../client.js';
import { removeDataDir, startServer, temporaryDataDir } from '../server.js';
import { spread } from '../statistics.js';
import type { Trial } from '../trial.js';

const NAMES = 16;
/** As many as one may have under way. */
const NAMES_A_USER = 4;
const PHASES = 12;
const SIGN_INS_A_PHASE = 60;
/**
 * What one phase differs from the next by itself on a small machine. Were names looked up on the threads that hash
 * passwords, sixteen of them would keep all four threads for seconds, and no sign-in would be near this.
 */
const MAX_RATIO = 1.25;

export const trial: Trial = {
  claim: `${NAMES} slow DNS names in flight: sign-in takes no longer at p95 (within ${MAX_RATIO} times)`,
  async run(progress) {
    const dataDir = await temporaryDataDir();
    const names = await startSilentNames();
    const server = await startServer(dataDir, { OUTBOUND_DNS: names.address, UNSAFE_RATE_LIMIT_OFF: '1' });
    try {
      const tokens: string[] = [];
      while (tokens.length < NAMES / NAMES_A_USER) {
        const email = `user-${tokens.length}@example.org`;
        await signUp(server.url, email);
        tokens.push(await signIn(server.url, email));
      }
      const quiet: number[][] = [];
      const slow: number[][] = [];
      let leastAsked = Number.POSITIVE_INFINITY;
      await signIns(server.url);
      for (let phase = 1; phase <= PHASES; phase += 1) {
        if (phase % 2 === 1) quiet.push(await signIns(server.url));
        else {
          const lookups = keepAsking(server.url, tokens);
          const before = names.questions();
          slow.push(await lookups.started().then(() => signIns(server.url)));
          leastAsked = Math.min(leastAsked, names.questions() - before);
          await lookups.stop();
        }
        progress(phase, PHASES);
      }
      const [quietMs, slowMs] = [spread(quiet.flat()), spread(slow.flat())];
      const ratio = slowMs.p95 / quietMs.p95;
      return {
        held: ratio <= MAX_RATIO && leastAsked >= NAMES,
        summary: `p95 ${slowMs.p95} ms with, ${quietMs.p95} ms without: ${ratio.toFixed(2)} times`,
        figures: {
          ratio,
          quietMs,
          slowMs,
          quietP95OfPhases: quiet.map((phase) => spread(phase).p95),
          slowP95OfPhases: slow.map((phase) => spread(phase).p95),
          fewestQuestionsOfAPhase: leastAsked,
        },
      };
    } finally {
      await server.stop();
      names.close();
      await removeDataDir(dataDir);
    }
  },
};

/** One after the other. @returns milliseconds */
async function signIns(url: string): Promise<number[]> {
  const durations: number[] = [];
  while (durations.length < SIGN_INS_A_PHASE) {
    const answer = await call(`${url}/v1/auth/login`, {
      method: 'POST',
      body: { email: 'user-0@example.org', password },
    });
    if (answer.status !== 200) throw new Error(`sign-in: ${answer.status} ${answer.body}`);
    durations.push(answer.durationMs);
  }
  return durations;
}

let asked = 0;

/** Sixteen names under way at any time: where one is given up, the next is asked for. */
function keepAsking(url: string, tokens: readonly string[]) {
  let isOver = false;
  const ask = async (token: string) => {
    while (!isOver) {
      asked += 1;
      const body = { url: `http://slow-${asked}.farebox-trial.org/`, timeoutMs: 3_000 };
      const { status } = await call(`${url}/v1/outbound/fetch`, { method: 'POST', token, body });
      if (status !== 502 && status !== 504) throw new Error(`a slow name was answered with ${status}`);
    }
  };
  const asking = Promise.all(
    tokens.flatMap((token) => Array.from({ length: NAMES_A_USER }, () => ask(token))),
  );
  asking.catch(() => undefined);
  return {
    // They have all been sent, and nobody answers.
    started: () => new Promise((resolve) => setTimeout(resolve, 300)),
    stop: async () => {
      isOver = true;
      await asking;
      // What c-ares still waits for.
      await new Promise((resolve) => setTimeout(resolve, 4_000));
    },
  };
}
