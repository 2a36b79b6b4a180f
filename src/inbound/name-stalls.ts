import { ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Metrics } from '../metering/metrics.js';
import { resumed } from '../metering/request-meter.js';
import { LoopHolder, StallDetector } from '../metering/stall-detector.js';
import { OPERATION } from '../operation.js';

/**
 * A line in the log and a count for each time that a request holds the event loop for longer than `limitMs`. Call when
 * the controllers are there and their routes are not.
 */
export function nameStalls(app: NestFastifyApplication, limitMs: number, metrics: Metrics): void {
  const fastify = app.getHttpAdapter().getInstance();
  const detector = new StallDetector(limitMs, (stall) => {
    metrics.countStall(stall);
    fastify.log.warn({ ...stall, heldMs: Math.round(stall.heldMs) }, 'event loop held');
  });
  fastify.addHook('onClose', async () => detector.stop());
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { url = 'none' } = request.routeOptions;
    request.meter.holder = new LoopHolder(detector, request.id, request.method, url);
    request.meter.holder.resume();
    done();
  });
  for (const { controllers } of app.get(ModulesContainer).values())
    for (const { instance } of controllers.values()) sayOnEntry(instance as Handlers);
}

type Handlers = Record<string, (...args: unknown[]) => unknown>;

/**
 * Between a hook or guard and the handler others run: requests that one client sent together go through these in step.
 * Nest calls an instance's own method instead of its class's; what its decorators say is inherited.
 */
function sayOnEntry(controller: Handlers): void {
  const prototype = Object.getPrototypeOf(controller) as Handlers;
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const handler = prototype[name];
    if (typeof handler !== 'function' || !Reflect.hasMetadata(OPERATION, handler)) continue;
    const entered = (...args: unknown[]): unknown => {
      resumed();
      return handler.apply(controller, args);
    };
    controller[name] = Object.setPrototypeOf(entered, handler);
  }
}
