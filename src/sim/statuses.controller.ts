import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/access.guard.js';
import { Documented } from '../operation.js';
import { RetryTimes } from './retry-times.js';
import { simRedirect, simRetryAfter, simStatus, simUnstable } from './sim.operations.js';
import {
  hopsSchema,
  type RetryAfterQuery,
  redirectQuerySchema,
  retryAfterQuerySchema,
  retryAfterSchema,
  statusSchema,
  type UnstableQuery,
  unstableQuerySchema,
} from './sim.schema.js';
import { UnstableCalls } from './unstable-calls.js';
import { withStatus } from './with-status.js';

/** Answers with the status they are told to have. */
@Public()
@Controller('sim')
export class StatusesController {
  constructor(
    @Inject(UnstableCalls) private readonly calls: UnstableCalls,
    @Inject(RetryTimes) private readonly retryTimes: RetryTimes,
  ) {}

  @Get('status/:code')
  @Documented(simStatus)
  status(
    @Param('code', { schema: statusSchema }) status: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): { status: number } | undefined {
    return withStatus(status, { status }, reply);
  }

  @Get('unstable')
  @Documented(simUnstable)
  unstable(
    @Query({ schema: unstableQuerySchema }) { rate, seed }: UnstableQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): { call: number; ok: boolean } {
    const answer = this.calls.next(seed, rate);
    void reply.code(answer.ok ? 200 : 500);
    return answer;
  }

  @Get('retry-after/:s')
  @Documented(simRetryAfter)
  retryAfter(
    @Param('s', { schema: retryAfterSchema }) seconds: number,
    @Query({ schema: retryAfterQuerySchema }) { seed, status }: RetryAfterQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): { status: number } {
    const left = seed === undefined ? seconds : this.retryTimes.secondsLeft(seed, seconds);
    if (left === undefined) return { status: 200 };
    void reply.code(Number(status)).header('retry-after', String(left));
    return { status: Number(status) };
  }

  @Get('redirect/:n')
  @Documented(simRedirect)
  redirect(
    @Param('n', { schema: hopsSchema }) hops: number,
    @Query({ schema: redirectQuerySchema }) { status }: { status: string },
    @Res({ passthrough: true }) reply: FastifyReply,
  ): { redirectsLeft: 0 } | undefined {
    if (hops === 0) return { redirectsLeft: 0 };
    void reply.code(Number(status)).header('location', `/sim/redirect/${hops - 1}?status=${status}`);
    return undefined;
  }
}
