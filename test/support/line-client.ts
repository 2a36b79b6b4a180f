/** A client that reads an answer of lines as it likes: the next one, none for a while, or leaves. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { Fields, Json } from './transports.js';

export interface LineAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** The next line, parsed; undefined at the end. @throws where the connection was cut */
  next(): Promise<Json>;
  /** All that are left. */
  rest(): Promise<Json[]>;
  /** All that are left before the connection is cut. @throws where it is not */
  untilCut(): Promise<Json[]>;
  leave(): void;
}

/** Posts `body`, or gets where there is none; nothing of the answer is read before it is asked for. */
export async function askForLines(
  port: number,
  path: string,
  body: unknown,
  headers: Fields,
): Promise<LineAnswer> {
  const asked = request({
    host: '127.0.0.1',
    port,
    path,
    method: body === undefined ? 'GET' : 'POST',
    agent: false,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      accept: 'application/x-ndjson',
      ...headers,
    },
  });
  asked.end(body === undefined ? undefined : JSON.stringify(body));
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const lines = linesOf(answer);
  const next = async (): Promise<Json> => {
    const { value, done } = await lines.next();
    return done ? undefined : JSON.parse(value);
  };
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    next,
    rest: async () => {
      const rest: Json[] = [];
      for (let line = await next(); line !== undefined; line = await next()) rest.push(line);
      return rest;
    },
    untilCut: async () => {
      const lines: Json[] = [];
      try {
        for (let line = await next(); line !== undefined; line = await next()) lines.push(line);
      } catch {
        return lines;
      }
      throw new Error('the answer came to its end');
    },
    leave: () => asked.destroy(),
  };
}

async function* linesOf(answer: IncomingMessage): AsyncGenerator<string, undefined> {
  let pending = '';
  for await (const chunk of answer.setEncoding('utf8') as AsyncIterable<string>) {
    const lines = (pending + chunk).split('\n');
    pending = lines.pop() ?? '';
    yield* lines;
  }
  if (pending !== '') throw new Error('the last line has no end');
  return undefined;
}
