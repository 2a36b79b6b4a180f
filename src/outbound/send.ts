/** One request over the wire and the head of its answer, by axios. */
import type { Agent, IncomingMessage } from 'node:http';
import type { AxiosInstance } from 'axios';
import type { Connector } from './connect.js';
import { type CurrentCall, currentCall } from './current-call.js';
import { closeIdleSockets, guardedAgents } from './guarded-agents.js';
import { toFailure } from './upstream-failure.js';

export interface WireRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

/** RFC 9110, 9.2.1: they change nothing. */
const safe = new Set(['GET', 'HEAD', 'OPTIONS']);
/** RFC 9110, 9.2.2: doing them again does nothing more. */
export const isIdempotent = (method: string): boolean =>
  safe.has(method) || method === 'PUT' || method === 'DELETE';

/**
 * All of axios that is ever configured, and nothing of it by a caller. Each line closes a way round the agents, or
 * something that axios would do to the answer by itself.
 */
const options = Object.freeze({
  // Not `fetch`, which has connections of its own.
  adapter: 'http' as const,
  // Whatever HTTP_PROXY says.
  proxy: false as const,
  // A redirect is a target like any other: the loop is ours, and follow-redirects is never reached.
  maxRedirects: 0,
  // As a stream, unpacked and counted by ours (read-body.ts).
  responseType: 'stream' as const,
  decompress: false,
  validateStatus: null,
  transformRequest: [],
  transformResponse: [],
});

export class Sender {
  #clients: Promise<{ pooled: AxiosInstance; single: AxiosInstance; agents: readonly Agent[] }> | undefined;

  constructor(private readonly connector: Connector) {}

  /**
   * @returns the answer's head, its body still to be read or destroyed
   * @throws UpstreamFailure, TargetRefused; the signal's reason when it ended first
   */
  async send(request: WireRequest, call: CurrentCall): Promise<IncomingMessage> {
    this.#clients ??= this.#load();
    const { pooled, single } = await this.#clients;
    // What changes something never meets a connection that may just have been hung up on, and is never sent anew here.
    const client = safe.has(request.method) ? pooled : single;
    try {
      return await this.#sendBy(client, request, call).catch((error: unknown) => {
        if (call.signal.aborted || client !== pooled || !wasStale(error)) throw error;
        // A kept connection was hung up on before it was used; the next one may be as old. Its error says nothing of the new one's answer.
        delete call.lateError;
        return this.#sendBy(single, request, call);
      });
    } catch (error) {
      call.signal.throwIfAborted();
      throw toFailure(error);
    }
  }

  /** @param hosts with their ports */
  async closeIdle(hosts: ReadonlySet<string>): Promise<void> {
    const { agents = [] } = (await this.#clients) ?? {};
    for (const agent of agents) closeIdleSockets(agent, hosts);
  }

  async #sendBy(client: AxiosInstance, { method, headers, body }: WireRequest, call: CurrentCall) {
    const answer = await currentCall.run(call, () =>
      client.request<IncomingMessage>({
        method,
        url: call.target.href,
        // False keeps axios from adding one of its own.
        headers: { 'content-type': false, ...headers },
        data: body,
        signal: call.signal,
      }),
    );
    return answer.data;
  }

  /** On first use: a start does not pay for it. */
  async #load() {
    const { default: axios } = await import('axios');
    const kept = await guardedAgents(this.connector, true);
    const single = await guardedAgents(this.connector, false);
    return {
      pooled: axios.create({ ...options, ...kept }),
      single: axios.create({ ...options, ...single }),
      agents: Object.values(kept),
    };
  }
}

/** Node.js, "request.reusedSocket": hung up on before a byte of the answer came. */
function wasStale(error: unknown): boolean {
  const { request, code } = error as { request?: { reusedSocket?: boolean }; code?: string };
  return request?.reusedSocket === true && (code === 'ECONNRESET' || code === 'EPIPE');
}
