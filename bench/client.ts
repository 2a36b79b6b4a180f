/** A small client for trials: one pool of kept-alive connections, answers as data. */
import { Agent, request } from 'node:http';

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
  /** From sending to the last byte. */
  durationMs: number;
}

const kept = new Agent({ keepAlive: true, maxSockets: 512 });

/** @throws Error when the connection breaks */
export function call(
  url: string,
  {
    method = 'GET',
    token,
    body,
    headers = {},
    agent = kept,
  }: {
    method?: string;
    token?: string | undefined;
    body?: unknown;
    headers?: Record<string, string>;
    agent?: Agent | undefined;
  } = {},
): Promise<Answer> {
  const startedMs = performance.now();
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        method,
        agent,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...headers,
        },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: Buffer.concat(chunks).toString(),
            durationMs: performance.now() - startedMs,
          }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

export const password = 'correct horse battery';

export async function signUp(url: string, email: string, agent?: Agent): Promise<Answer> {
  return call(`${url}/v1/users`, { method: 'POST', body: { email, name: email, password }, agent });
}

/** @returns an access token. @throws Error when the sign-in is refused */
export async function signIn(url: string, email: string): Promise<string> {
  const answer = await call(`${url}/v1/auth/login`, { method: 'POST', body: { email, password } });
  if (answer.status !== 200) throw new Error(`sign-in as ${email}: ${answer.status} ${answer.body}`);
  return (JSON.parse(answer.body) as { accessToken: string }).accessToken;
}

/** Calls `url` again and again until `until` settles. @returns the durations in milliseconds */
export async function probe(url: string, until: Promise<unknown>, everyMs = 5): Promise<number[]> {
  let isOver = false;
  const over = until.then(
    () => (isOver = true),
    () => (isOver = true),
  );
  const durations: number[] = [];
  while (!isOver) {
    durations.push((await call(url)).durationMs);
    await Promise.race([over, new Promise((resolve) => setTimeout(resolve, everyMs))]);
  }
  return durations;
}
