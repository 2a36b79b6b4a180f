import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import { meteredParts } from '../metering/request-meter.js';

/**
 * One line a request. The route's template, never the query: it may hold what somebody typed. Nothing in it could be a
 * secret, so it is not searched for any: that took 0.03 ms a request, as long as a statement (decision 20).
 */
export function accessLog(log: FastifyBaseLogger) {
  const lines = log.child({}, { redact: [] });
  return (request: FastifyRequest, reply: FastifyReply, route = 'none'): void => {
    const line: Record<string, unknown> = {
      requestId: request.id,
      method: request.method,
      route,
      status: reply.statusCode,
      durationMs: Number(reply.elapsedTime.toFixed(3)),
    };
    for (const part of meteredParts) {
      const ms = request.meter?.[part];
      if (ms !== undefined) line[`${part}Ms`] = Number(ms.toFixed(3));
    }
    line.address = request.ip;
    lines.info(line, 'request');
  };
}
