import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { leavingSignal } from '../inbound/leaving-signal.js';
import { Documented } from '../operation.js';
import { type FanOut, type FanOutAnswer, fanOutSchema } from './fan-out.schema.js';
import { labFanOut } from './lab.operations.js';
import { LabAccess } from './lab-access.js';
import { timeCalls } from './time-calls.js';

/** Several calls in one request: one by one, a few at a time, all at once; one strategy after the other. */
@LabAccess()
@Controller('lab')
export class FanOutController {
  @Post('fanout')
  @HttpCode(200)
  @Documented(labFanOut)
  async fanOut(
    @Body({ schema: fanOutSchema }) { n, ms, concurrency = Math.ceil(n / 2) }: FanOut,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FanOutAnswer> {
    const signal = leavingSignal(reply);
    return {
      sequential: await timeCalls(n, ms, 1, signal),
      bounded: await timeCalls(n, ms, Math.min(n, concurrency), signal),
      concurrent: await timeCalls(n, ms, n, signal),
    };
  }
}
