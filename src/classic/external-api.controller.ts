import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../auth/access.guard.js';
import { CONFIG, type Config } from '../config.js';
import { leavingSignal } from '../inbound/leaving-signal.js';
import { Documented } from '../operation.js';
import { Outbound } from '../outbound/outbound.js';
import { LOOP_HEADER } from '../outbound/request-headers.js';
import { isSuccess } from '../outbound/status.js';
import { classicExternalApi } from './classic.operations.js';
import { ownOrigin } from './own-origin.js';

/** The tutorials set none; this is the gateway's. */
const TIMEOUT_MS = 10_000;

/** Everybody who calls it shares the calls of one user's hour. */
const EVERYBODY = 'classic';

/** The tutorial about calling another server from a handler, by the gateway's rules. */
@Public()
@Controller('external-api')
export class ExternalApiController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Outbound) private readonly outbound: Outbound,
  ) {}

  @Get()
  @Documented(classicExternalApi)
  async fetch(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | { detail: string }> {
    const { status, body } = await this.outbound.call(
      {
        url: this.config.classic?.upstream ?? `${ownOrigin(request)}/sim/items/1`,
        method: 'GET',
        headers: {},
        body: undefined,
        timeoutMs: TIMEOUT_MS,
        retries: 0,
        expectsJson: true,
      },
      {
        userId: EVERYBODY,
        signal: leavingSignal(reply),
        log: request.log,
        pointer: 'CLASSIC_UPSTREAM',
        cdnLoop: request.headers[LOOP_HEADER]?.toString(),
        // One of many: at a busy host it waits for its turn instead of being told so.
        part: { item: 0 },
      },
    );
    void reply.type('application/json; charset=utf-8');
    if (isSuccess(status)) return body.text;
    void reply.code(status);
    return { detail: 'Failed to fetch data' };
  }
}
