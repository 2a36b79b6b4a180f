/**
 * The only agents there are: every connection they hand out was made by the Connector. They are Node's own but for
 * that, so that pools, TLS sessions and `Keep-Alive` hints work as everywhere.
 */
import { Agent, type ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Connector } from './connect.js';
import { currentCall } from './current-call.js';
import type { RefusingRule } from './target-refused.js';
import { UpstreamFailure } from './upstream-failure.js';

/** Less than the 5 s after which Node.js servers, among others, hang up: so mostly we do first. */
const IDLE_MS = 4_000;
/** Connections kept for later, to all hosts, by scheme. */
const MAX_IDLE_SOCKETS = 64;

/** Interim answers (RFC 9110, 15.2) to one request. */
const MAX_HINTS = 50;

/** What Node.js calls on an agent; its types leave some of it out. */
interface NodeAgent {
  addRequest(request: ClientRequest, options: ConnectionOptions): void;
  createConnection(options: ConnectionOptions, give: GiveSocket): Duplex | undefined;
  keepSocketAlive(socket: Duplex): boolean;
  reuseSocket(socket: Duplex, request: ClientRequest): void;
}
type ConnectionOptions = { host?: string; port?: number | string } & Record<string, unknown>;
type GiveSocket = (error: Error | null, socket?: Duplex) => void;

/** What would have refused the address that a connection leads to: each call over it is to say so. */
const reportedOf = new WeakMap<Duplex, RefusingRule>();

/** @param keepsAlive false: a connection of its own for each call, so that none finds one that was just hung up on */
export async function guardedAgents(connector: Connector, keepsAlive: boolean) {
  const options = {
    keepAlive: keepsAlive,
    timeout: IDLE_MS,
    maxFreeSockets: MAX_IDLE_SOCKETS,
    // The newest is the least likely to have been hung up on.
    scheduling: 'lifo' as const,
  };
  // Said here, so that NODE_TLS_REJECT_UNAUTHORIZED does not say otherwise.
  const secureOptions = { ...options, rejectUnauthorized: true };
  // On first use, as all of TLS: a function's start does not pay for it.
  const { Agent: HttpsAgent } = await import('node:https');
  const httpsAgent = new HttpsAgent(secureOptions);
  const encrypt = (httpsAgent as unknown as NodeAgent).createConnection.bind(httpsAgent) as (
    options: ConnectionOptions,
  ) => Duplex;
  return {
    httpAgent: guard(new Agent(options), connector, (socket) => socket),
    httpsAgent: guard(httpsAgent, connector, (socket, given) => encrypt({ ...given, socket })),
  };
}

/** @param hosts with their ports, as the names begin under which an agent keeps its connections */
export function closeIdleSockets({ freeSockets }: Agent, hosts: ReadonlySet<string>): void {
  for (const [name, sockets] of Object.entries(freeSockets))
    for (const host of hosts)
      if (name.startsWith(`${host}:`)) for (const socket of [...(sockets ?? [])]) socket.destroy();
}

function guard<A extends Agent>(
  agent: A,
  connector: Connector,
  finish: (socket: Socket, options: ConnectionOptions) => Duplex,
): A {
  const { addRequest, keepSocketAlive, reuseSocket } = agent as unknown as NodeAgent;
  const guarded: NodeAgent = {
    addRequest(request, options) {
      noteLateErrors(request);
      refuseUpgrades(request);
      countHints(request);
      addRequest.call(agent, request, options);
    },
    createConnection(options, give) {
      const call = currentCall.getStore();
      openFor(connector, options)
        .then((socket) => finish(socket, options))
        .then((socket) => {
          if (call?.reported) reportedOf.set(socket, call.reported);
          give(null, socket);
        }, give);
      return undefined;
    },
    keepSocketAlive(socket) {
      const isKept = idleSockets(agent) < MAX_IDLE_SOCKETS && keepSocketAlive.call(agent, socket);
      if (isKept) socket.on('data', endUnasked);
      return isKept;
    },
    reuseSocket(socket, request) {
      socket.removeListener('data', endUnasked);
      const call = currentCall.getStore();
      const reported = reportedOf.get(socket);
      if (call && reported) call.reported = reported;
      reuseSocket.call(agent, socket, request);
    },
  };
  return Object.assign(agent, guarded);
}

/** A connection for the call that is under way, and to no other place. */
async function openFor(connector: Connector, { host, port, socketPath }: ConnectionOptions): Promise<Socket> {
  const call = currentCall.getStore();
  if (!call || host !== call.target.host || Number(port) !== call.target.port || socketPath)
    throw new Error('a connection was asked for outside of a call, or to another place than its target');
  return connector.open(call);
}

function noteLateErrors(request: ClientRequest): void {
  const call = currentCall.getStore();
  request.on('error', (error) => {
    if (call) call.lateError = error;
  });
}

/** Node.js says nothing of an upgrade that nobody listens for, and the call would wait until its deadline. */
function refuseUpgrades(request: ClientRequest): void {
  request.on('upgrade', (_answer, socket) => {
    socket.destroy();
    request.emit('error', new UpstreamFailure('UPSTREAM_INVALID', 'switches to another protocol'));
  });
}

/** Of 100 and 103 there is one or a few, of 102 one in a while; an upstream that sends nothing else keeps a core busy. */
function countHints(request: ClientRequest): void {
  let hints = 0;
  request.on('information', () => {
    hints += 1;
    if (hints === MAX_HINTS)
      request.destroy(new UpstreamFailure('UPSTREAM_INVALID', `sent ${MAX_HINTS} interim answers`));
  });
}

/** Nobody has asked for anything: by the next call it would be taken for its answer. Node.js would keep the connection. */
function endUnasked(this: Duplex): void {
  this.destroy();
}

const idleSockets = (agent: Agent): number =>
  Object.values(agent.freeSockets).reduce((sum, sockets) => sum + (sockets?.length ?? 0), 0);
