import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../auth/access.guard.js';
import { CONFIG, type Config } from '../config.js';
import { leavingSignal } from '../inbound/leaving-signal.js';
import { Documented } from '../operation.js';
import { pause } from '../workloads/pause.js';
import { callFive } from './call-five.js';
import { classicAllItems, classicHello, classicItem } from './classic.operations.js';
import {
  type AllItems,
  type AllItemsQuery,
  allItemsQuerySchema,
  type ClassicItem,
  type ItemQuery,
  itemIdSchema,
  itemQuerySchema,
} from './classic.schema.js';
import { ownOrigin } from './own-origin.js';

/** The first tutorial: an item that takes its time, and five of them. */
@Public()
@Controller()
export class ItemsController {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  @Get()
  @Documented(classicHello)
  hello(): { Hello: 'World' } {
    return { Hello: 'World' };
  }

  @Get('items/:item_id')
  @Documented(classicItem)
  async item(
    @Param('item_id', { schema: itemIdSchema }) id: number,
    @Query({ schema: itemQuerySchema }) { q, ms }: ItemQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ClassicItem> {
    await pause(ms, leavingSignal(reply));
    return { item_id: id, q: q ?? null };
  }

  @Get('all_items')
  @Documented(classicAllItems)
  async allItems(
    @Query({ schema: allItemsQuerySchema }) { ms }: AllItemsQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AllItems> {
    const origin = this.config.classic?.self ?? ownOrigin(request);
    const signal = leavingSignal(reply);
    const all = Number.POSITIVE_INFINITY;
    return { async: await callFive(origin, ms, all, signal), sync: await callFive(origin, ms, 1, signal) };
  }
}
