import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RecentPrincipal } from '../auth/access.guard.js';
import { Caller, type Principal, requireAdmin } from '../auth/principal.js';
import { CONFIG, type Config } from '../config.js';
import { leavingSignal } from '../inbound/leaving-signal.js';
import { Documented } from '../operation.js';
import type { Explanation } from '../outbound/explain.js';
import { Outbound } from '../outbound/outbound.js';
import type { OutboundCaller, OutboundRequest, UpstreamAnswer } from '../outbound/outbound-call.js';
import { isSuccess } from '../outbound/status.js';
import { Problem } from '../problem.js';
import { explainOutbound, fetchOutbound, passOutbound } from './gateway.operations.js';
import {
  DEFAULT_TIMEOUT_MS,
  type Explain,
  explainSchema,
  type OutboundItem,
  outboundItemSchema,
  type PassingQuery,
  passingQuerySchema,
} from './gateway.schema.js';
import { outboundCaller } from './outbound-caller.js';
import { responseText } from './response-text.js';
import { statusProblem } from './status-problem.js';
import { wireBody } from './wire-body.js';

/** As `fetch` where the caller says nothing. */
const passing = { method: 'GET', headers: {}, body: undefined, timeoutMs: DEFAULT_TIMEOUT_MS, retries: 0 };

@Controller('v1/outbound')
export class GatewayController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Outbound) private readonly outbound: Outbound,
  ) {}

  @RecentPrincipal()
  @Get()
  @Documented(passOutbound)
  async pass(
    @Caller() caller: Principal,
    @Query({ schema: passingQuerySchema }) { url, errors }: PassingQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { status, headers, body } = await this.#call(
      { ...passing, url, expectsJson: true },
      outboundCaller(caller, request, reply, 'url'),
    );
    if (!isSuccess(status)) throw statusProblem(status, headers['retry-after'], errors === 'passthrough');
    return this.#sent(body.text, reply);
  }

  @RecentPrincipal()
  @Post('fetch')
  @HttpCode(200)
  @Documented(fetchOutbound)
  async fetch(
    @Caller() caller: Principal,
    @Body({ schema: outboundItemSchema }) item: OutboundItem,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { url, method, timeoutMs, retries } = item;
    const answer = await this.#call(
      { url, method, timeoutMs, retries, ...wireBody(item) },
      outboundCaller(caller, request, reply, '/url'),
    );
    return this.#sent(responseText(answer), reply);
  }

  @Post('explain')
  @HttpCode(200)
  @Documented(explainOutbound)
  explain(
    @Caller() caller: Principal,
    @Body({ schema: explainSchema }) { url }: Explain,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Explanation> {
    requireAdmin(caller);
    return this.outbound.explain(url, leavingSignal(reply));
  }

  async #call(request: OutboundRequest, caller: OutboundCaller): Promise<UpstreamAnswer> {
    const leave = this.outbound.enter(caller);
    try {
      return await this.outbound.call(request, caller);
    } finally {
      leave();
    }
  }

  /** JSON that is text already. @throws Problem UPSTREAM_TOO_LARGE */
  #sent(text: string, reply: FastifyReply): string {
    const { maxTotalBytes } = this.config.outbound;
    if (Buffer.byteLength(text) > maxTotalBytes)
      throw new Problem('UPSTREAM_TOO_LARGE', `The answer would have more than ${maxTotalBytes} bytes.`);
    void reply.type('application/json; charset=utf-8');
    return text;
  }
}
