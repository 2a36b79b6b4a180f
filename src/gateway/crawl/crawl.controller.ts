import type { Readable } from 'node:stream';
import { Body, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RecentPrincipal } from '../../auth/access.guard.js';
import { Caller, type Principal } from '../../auth/principal.js';
import { CONFIG, type Config } from '../../config.js';
import { problemWithin } from '../../inbound/answer-problem.js';
import { AnswersLines, answerLines, wantsLines } from '../../inbound/ndjson.js';
import { Documented } from '../../operation.js';
import { Outbound } from '../../outbound/outbound.js';
import { ByteBudget } from '../byte-budget.js';
import { READING_MS } from '../call-group.js';
import { crawlOutbound } from '../gateway.operations.js';
import { oneLine } from '../one-line.js';
import { outboundCaller } from '../outbound-caller.js';
import { type CrawlAsked, crawlSchema } from './crawl.schema.js';
import { type CrawlEvent, runCrawl } from './run-crawl.js';

@Controller('v1/outbound')
export class CrawlController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Outbound) private readonly outbound: Outbound,
  ) {}

  @RecentPrincipal()
  @Post('crawl')
  @HttpCode(200)
  @AnswersLines()
  @Documented(crawlOutbound)
  async crawl(
    @Caller() caller: Principal,
    @Body({ schema: crawlSchema }) asked: CrawlAsked,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer | Readable> {
    const isStream = wantsLines(request);
    const events = runCrawl(this.outbound, asked, {
      caller: outboundCaller(caller, request, reply, '/url'),
      budget: ByteBudget.of(this.config, isStream),
      written: isStream ? line : element,
      isInOrder: !isStream,
      toProblem: (error) => problemWithin(error, request),
    });
    if (isStream) {
      const takenWithinMs = asked.timeoutMs + READING_MS;
      return answerLines(lines(events), reply, { isCut: this.config.canStream, takenWithinMs });
    }
    const body = await whole(events);
    void reply.type('application/json; charset=utf-8');
    return body;
  }
}

const line = (item: string): string => `{"item":${oneLine(item)}}\n`;

async function* lines(events: AsyncIterable<CrawlEvent>): AsyncGenerator<string, void, undefined> {
  for await (const event of events) yield 'items' in event ? event.items : `${JSON.stringify(event)}\n`;
}

const SEPARATOR = ',';
const element = (item: string): string => item + SEPARATOR;

/** Bytes: of texts, each would keep the page that it was cut from. */
async function whole(events: AsyncIterable<CrawlEvent>): Promise<Buffer> {
  const items: Buffer[] = [];
  let summary: object = {};
  for await (const event of events)
    if ('items' in event) items.push(Buffer.from(event.items));
    else summary = event.summary;
  // No separator after the last one.
  const last = items.pop()?.subarray(0, -SEPARATOR.length) ?? Buffer.alloc(0);
  const end = `],"summary":${JSON.stringify(summary)}}`;
  return Buffer.concat([Buffer.from('{"items":['), ...items, last, Buffer.from(end)]);
}
