import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/access.guard.js';
import { Documented } from '../operation.js';
import { jitterOf } from './fraction-of.js';
import { Limits } from './limits.js';
import { pauseFor } from './pause-for.js';
import { simDelay, simItem } from './sim.operations.js';
import {
  delaySchema,
  type Item,
  type ItemId,
  type ItemQuery,
  itemIdSchema,
  itemQuerySchema,
} from './sim.schema.js';
import { withStatus } from './with-status.js';

/** Answers that take the time they are told to take. */
@Public()
@Controller('sim')
export class PacedController {
  constructor(@Inject(Limits) private readonly limits: Limits) {}

  @Get('items/:id')
  @Documented(simItem)
  async item(
    @Param('id', { schema: itemIdSchema }) id: ItemId,
    @Query({ schema: itemQuerySchema }) { delay, jitter, seed, status, q }: ItemQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Item | undefined> {
    this.limits.requireMs({ delay, jitter });
    await pauseFor(delay + jitterOf(jitter, 'item', id, seed), reply);
    return withStatus(status, { id, q: q ?? null }, reply);
  }

  @Get('delay/:ms')
  @Documented(simDelay)
  async delay(
    @Param('ms', { schema: delaySchema }) ms: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ delayMs: number }> {
    this.limits.requireMs({ ms });
    await pauseFor(ms, reply);
    return { delayMs: ms };
  }
}
