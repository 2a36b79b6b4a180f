import type { Socket } from 'node:net';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { onceGone } from './once-gone.js';

/** By connection: when the request before was answered, and the event loop has turned since. */
const answered = new WeakMap<Socket, Promise<void>>();

/**
 * For routes that hold the event loop. Requests that a client sends together (pipelining) would all run in one turn of it,
 * a thousand in one packet, and nobody could hear that the client has left: with this they run one by one, a turn apart.
 */
@Injectable()
export class OneByOneGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const { socket } = reply.request.raw;
    const before = answered.get(socket);
    answered.set(
      socket,
      new Promise((resolve) => {
        onceGone(reply, () => setImmediate(resolve));
      }),
    );
    await before;
    return true;
  }
}
