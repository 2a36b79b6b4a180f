import type { Readable } from 'node:stream';
import { Body, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RecentPrincipal } from '../auth/access.guard.js';
import { Caller, type Principal } from '../auth/principal.js';
import { CONFIG, type Config } from '../config.js';
import { problemWithin } from '../inbound/answer-problem.js';
import { AnswersLines, answerLines, wantsLines } from '../inbound/ndjson.js';
import { Documented } from '../operation.js';
import { Outbound } from '../outbound/outbound.js';
import { type BatchEvent, runBatch } from './batch.js';
import { type Batch, batchSchema } from './batch.schema.js';
import { ByteBudget } from './byte-budget.js';
import { READING_MS } from './call-group.js';
import { batchOutbound } from './gateway.operations.js';
import { oneLine } from './one-line.js';
import { outboundCaller } from './outbound-caller.js';

@Controller('v1/outbound')
export class BatchController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Outbound) private readonly outbound: Outbound,
  ) {}

  @RecentPrincipal()
  @Post('batch')
  @HttpCode(200)
  @AnswersLines()
  @Documented(batchOutbound)
  async batch(
    @Caller() caller: Principal,
    @Body({ schema: batchSchema }) batch: Batch,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | Readable> {
    const isStream = wantsLines(request);
    const events = runBatch(this.outbound, batch, {
      caller: outboundCaller(caller, request, reply, '/requests'),
      budget: ByteBudget.of(this.config, isStream),
      toProblem: (error) => problemWithin(error, request),
    });
    if (isStream) {
      const takenWithinMs = batch.timeoutMs + READING_MS;
      return answerLines(lines(events), reply, { isCut: this.config.canStream, takenWithinMs });
    }
    const text = await whole(events);
    void reply.type('application/json; charset=utf-8');
    return text;
  }
}

/** In the order of the items. */
async function whole(events: AsyncIterable<BatchEvent>): Promise<string> {
  const results: string[] = [];
  let summary: object = {};
  for await (const event of events)
    if ('summary' in event) summary = event.summary;
    else results[event.index] = event.result;
  return `{"results":[${results.join(',')}],"summary":${JSON.stringify(summary)}}`;
}

async function* lines(events: AsyncIterable<BatchEvent>): AsyncGenerator<string, void, undefined> {
  for await (const event of events)
    yield 'summary' in event ? `${JSON.stringify(event)}\n` : `{"result":${oneLine(event.result)}}\n`;
}
