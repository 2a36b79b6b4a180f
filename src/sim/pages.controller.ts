import { Controller, Get, Inject, Query, Res, StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/access.guard.js';
import { onceGone } from '../inbound/once-gone.js';
import { Documented } from '../operation.js';
import { streamOf } from './byte-streams.js';
import { EndlessAnswers } from './endless-answers.js';
import { jitterOf } from './fraction-of.js';
import { Limits } from './limits.js';
import { PageFaults } from './page-faults.js';
import { linkTo, type Page, pageOf } from './page-of.js';
import { PageRates } from './page-rates.js';
import { pageText, wrongText } from './page-text.js';
import { type PagesQuery, pagesQuerySchema, sizeOf } from './pages.schema.js';
import { pauseFor } from './pause-for.js';
import { requireSocket } from './require-socket.js';
import { resetConnection } from './reset-connection.js';
import { simPages } from './sim.operations.js';

type Answer = StreamableFile | Buffer | { status: number } | undefined;

/** A list to be read page by page, with every trouble that such a list can give. */
@Public()
@Controller('sim/pages')
export class PagesController {
  constructor(
    @Inject(Limits) private readonly limits: Limits,
    @Inject(EndlessAnswers) private readonly endless: EndlessAnswers,
    @Inject(PageFaults) private readonly faults: PageFaults,
    @Inject(PageRates) private readonly rates: PageRates,
  ) {}

  @Get()
  @Documented(simPages)
  async page(
    @Query({ schema: pagesQuerySchema }) query: PagesQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer> {
    const { delay, jitter, seed, itemBytes, perSecond } = query;
    this.limits.requireMs({ delay, jitter });
    this.limits.requireBytes({ itemBytes }, sizeOf(query));
    if (perSecond !== undefined && this.rates.isOver(perSecond, seed)) return refuse(429, query, reply);
    const page = pageOf(query);
    const fault = this.faults.next(query.fault, page.page, seed);
    if (typeof fault === 'number') return refuse(fault, query, reply);
    if (fault === 'reset' || fault === 'hang') return this.breakOff(fault, reply);
    if (fault !== undefined) {
      void reply.type(fault === 'text' ? 'text/plain' : 'application/json');
      return Buffer.from(wrongText(fault, page, query.shape));
    }
    await pauseFor(delay + jitterOf(jitter, 'page', page.page, seed), reply);
    return answer(page, query, reply);
  }

  private async breakOff(how: 'reset' | 'hang', reply: FastifyReply): Promise<undefined> {
    const socket = requireSocket(reply);
    const gone = new Promise<void>((resolve) => onceGone(reply, resolve));
    if (how === 'hang') {
      this.endless.add(socket);
      await pauseFor(this.limits.delayMs, reply);
      socket.destroy();
    } else resetConnection(socket);
    // Nest sends nothing to a caller that is known to be gone.
    await gone;
  }
}

function refuse(status: number, { retryAfter }: PagesQuery, reply: FastifyReply): { status: number } {
  void reply.code(status);
  if (retryAfter !== undefined && (status === 429 || status === 503))
    void reply.header('retry-after', String(retryAfter));
  return { status };
}

function answer(page: Page, query: PagesQuery, reply: FastifyReply): Answer {
  if (page.isBeyond && query.beyond === '404') return refuse(404, query, reply);
  if (page.nextOffset !== undefined)
    void reply.header('link', linkTo(page.nextOffset, query, reply.request.query as Record<string, string>));
  return new StreamableFile(streamOf(pageText(page, query)), { type: 'application/json; charset=utf-8' });
}
