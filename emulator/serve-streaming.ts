/** A request to a function that streams, behind a service that hands on what comes. */
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { AnsweredByService } from './doors/answered-by-service.js';
import type { HttpAnswer, HttpRequest, StreamingDoor } from './doors/door.js';
import { type Outcome, passStream, type StreamedAnswer } from './doors/pass-stream.js';
import type { InvocationResult } from './execution-environment.js';
import { type FunctionInstances, TooManyRequests } from './function-instances.js';
import type { Service } from './services.js';

export interface StreamingService extends Service {
  door: StreamingDoor;
  /**
   * What becomes of a function whose client leaves. AWS: "streamed responses are not interrupted or stopped when the
   * invoking client connection is broken"; to see what a function makes of it if they ever are, `cut`.
   */
  whenClientLeaves?: 'run on' | 'cut';
}

export const isStreaming = (service: Service): service is StreamingService => 'toHead' in service.door;

interface Streamed {
  result: InvocationResult | undefined;
  status: number;
  bytes: number;
}

/**
 * Resolves when the invocation is over too. A function that fails after its answer has begun leaves its client with a
 * connection that is cut: there is no other way to say so.
 * @param send sends an answer that is whole
 */
export async function serveStreaming(
  service: StreamingService,
  instances: FunctionInstances,
  request: HttpRequest,
  response: ServerResponse,
  send: (answered: HttpAnswer) => HttpAnswer,
): Promise<Streamed> {
  let invocation: Promise<InvocationResult> | undefined;
  const invoke = (event: object): Promise<Outcome> =>
    new Promise((resolve, reject) => {
      invocation = instances.invoke(event, (streamed) => resolve({ streamed }));
      invocation.then(
        ({ functionError, payload }) =>
          functionError ? reject(new Error(payload)) : resolve({ returned: payload && JSON.parse(payload) }),
        (error) =>
          reject(error instanceof TooManyRequests ? new AnsweredByService(service.throttled) : error),
      );
    });
  const answered = await passStream(service.door, request, invoke);
  const sent = 'cut' in answered ? await sendStream(service, answered, response) : sendWhole(send(answered));
  return { ...sent, result: await invocation?.catch(() => undefined) };
}

const sendWhole = ({ status, body }: HttpAnswer) => ({ status, bytes: body.length });

async function sendStream(
  { whenClientLeaves }: StreamingService,
  { status, fields, body, cut }: StreamedAnswer,
  response: ServerResponse,
): Promise<Omit<Streamed, 'result'>> {
  let bytes = 0;
  response.statusCode = status;
  for (const [name, value] of fields) response.appendHeader(name, value);
  response.flushHeaders();
  body.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  response.once('close', () => {
    if (!response.writableFinished && whenClientLeaves === 'cut') cut();
  });
  // It destroys both when one fails.
  await pipeline(body, response).catch(() => undefined);
  return { status, bytes };
}
