import type { FastifyReply } from 'fastify';
import { onceGone } from '../inbound/once-gone.js';

/** Resolves after `ms`, or as soon as the caller is gone: what follows is then written to nobody. */
export function pauseFor(ms: number, reply: FastifyReply): Promise<void> {
  if (ms <= 0 || isGone(reply)) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      forget();
      resolve();
    }, ms);
    const forget = onceGone(reply, () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

const isGone = ({ raw, request }: FastifyReply): boolean => raw.destroyed || request.raw.socket.destroyed;
