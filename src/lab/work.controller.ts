import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { leavingSignal } from '../inbound/leaving-signal.js';
import { Documented } from '../operation.js';
import { Workloads } from '../workloads/workloads.js';
import { labFib, labWait } from './lab.operations.js';
import { LabAccess } from './lab-access.js';
import {
  type FibQuery,
  fibQuerySchema,
  nSchema,
  requireFit,
  type WaitQuery,
  waitQuerySchema,
} from './work.schema.js';

/** The same work, done in the way the caller names. */
@LabAccess()
@Controller('lab')
export class WorkController {
  constructor(@Inject(Workloads) private readonly workloads: Workloads) {}

  @Get('wait')
  @Documented(labWait)
  async wait(
    @Query({ schema: waitQuerySchema }) { ms, style }: WaitQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ duration: number }> {
    await this.workloads.wait(ms, style, leavingSignal(reply));
    return { duration: ms / 1000 };
  }

  @Get('fib/:n')
  @Documented(labFib)
  async fib(
    @Param('n', { schema: nSchema }) n: number,
    @Query({ schema: fibQuerySchema }) { style }: FibQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ fib: number }> {
    requireFit(n, style);
    return { fib: await this.workloads.fib(n, style, leavingSignal(reply)) };
  }
}
