/**
 * The whole Internet in one process, in a network of its own: names, every address, and clients to let loose on them.
 * It is driven through `openNamespace`.
 */
import { type Answer, call, signIn, signUp } from '../../bench/client.js';
import { removeDataDir, type Server, startServer, temporaryDataDir } from '../../bench/server.js';
import { type DnsScript, FakeDns } from './fake-dns.js';
import { type Client, clients } from './outbound-clients.js';
import { type Arrival, Recorder } from './recorder.js';
import { serveWorld } from './serve-world.js';
import type { Json } from './transports.js';

export interface Tried {
  /** What the client made of it, as text. */
  readonly said: string;
  /** Of the answer; 0 where there is none to have. */
  readonly status: number;
  /** The problem's code. */
  readonly code: string;
  /** The connections that came in meanwhile. */
  readonly arrivals: readonly Arrival[];
}

const DNS_PORT = 53;
const SAID_CHARACTERS = 2_000;

const dns = new FakeDns();
const recorder = new Recorder();
let farebox: { server: Server; token: string; dataDir: string } | undefined;

/** The ways into Farebox for a URL from a stranger. */
const entries = {
  get: (url: string) => ask(`/v1/outbound?url=${encodeURIComponent(url.toWellFormed())}`),
  fetch: (url: string) => ask('/v1/outbound/fetch', { url }),
  batch: async (url: string) => {
    const answer = await ask('/v1/outbound/batch', { requests: [{ url }], strategy: 'concurrent' });
    return inner(answer, ({ results: [result] }) => result.problem);
  },
  crawl: async (url: string) => {
    const answer = await ask('/v1/outbound/crawl', { url, paging: { style: 'link' }, itemsPath: '' });
    return inner(answer, ({ summary }) => summary.failedPages[0]?.problem);
  },
  explain: (url: string) => ask('/v1/outbound/explain', { url }),
};

/** Of an answer to several calls, the problem of the only one, if it has one. */
function inner(answer: Answer, problemIn: (json: Json) => { status: number } | undefined): Answer {
  const problem = answer.status === 200 ? problemIn(JSON.parse(answer.body)) : undefined;
  return problem ? { ...answer, status: problem.status, body: JSON.stringify(problem) } : answer;
}

async function ask(path: string, body?: object): Promise<Answer> {
  if (!farebox) throw new Error('Farebox is not running.');
  const { server, token } = farebox;
  return call(`${server.url}${path}`, { token, ...(body && { method: 'POST', body }) });
}

async function through(client: ClientName, url: string): Promise<Omit<Tried, 'arrivals'>> {
  if (client in entries) {
    const { status, body } = await entries[client as keyof typeof entries](url);
    const code = /"code":"(\w+)"/.exec(body)?.[1] ?? '';
    return { status, code, said: body.slice(0, SAID_CHARACTERS) };
  }
  try {
    await (clients[client as keyof typeof clients] as Client)(url);
    return { status: 0, code: '', said: 'answered' };
  } catch (error) {
    return { status: 0, code: '', said: (error as Error).message.slice(0, SAID_CHARACTERS) };
  }
}

export type ClientName = keyof typeof entries | keyof typeof clients;

const world = {
  scriptNames(scripts: Record<string, DnsScript>): void {
    for (const [name, script] of Object.entries(scripts)) dns.script(name, script);
  },

  questions: (name: string): number => dns.questions(name),

  /** Another Farebox instead of the one before, with an admin in it. */
  async startFarebox(env: Record<string, string>): Promise<string> {
    await world.stopFarebox();
    const dataDir = await temporaryDataDir();
    const server = await startServer(dataDir, {
      LOG_LEVEL: 'silent',
      OUTBOUND_DNS: `127.0.0.1:${DNS_PORT}`,
      OUTBOUND_CALLS_PER_HOUR: '100000000',
      ...env,
    });
    farebox = { server, dataDir, token: '' };
    await signUp(server.url, 'ada@example.org');
    farebox.token = await signIn(server.url, 'ada@example.org');
    return server.url;
  },

  async stopFarebox(): Promise<void> {
    if (!farebox) return;
    const { server, dataDir } = farebox;
    farebox = undefined;
    await server.stop();
    await removeDataDir(dataDir);
  },

  /** One after the other, so that each connection is known to be whose. */
  async tryAll(client: ClientName, urls: readonly string[]): Promise<Tried[]> {
    const tried: Tried[] = [];
    for (const url of urls) {
      const before = recorder.arrivals.length;
      const outcome = await through(client, url);
      tried.push({ ...outcome, arrivals: recorder.arrivals.slice(before) });
    }
    return tried;
  },

  /** All at the same moment: whose connection is whose is not known. */
  tryTogether: (client: ClientName, urls: readonly string[]): Promise<Omit<Tried, 'arrivals'>[]> =>
    Promise.all(urls.map((url) => through(client, url))),

  /** Everything that has come in since the last time, and is on its way in. */
  async arrivals(): Promise<Arrival[]> {
    await recorder.barrier();
    return recorder.arrivals.splice(0);
  },
};

export type OutboundWorld = typeof world;

await dns.listen(DNS_PORT);
await recorder.listen();
await serveWorld(world, async () => {
  await world.stopFarebox();
  dns.close();
  recorder.close();
});
