import { Controller, Get, Inject, Param, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/access.guard.js';
import { leavingSignal } from '../inbound/leaving-signal.js';
import { OneByOneGuard } from '../inbound/one-by-one.guard.js';
import { Documented } from '../operation.js';
import type { Style } from '../workloads/style.js';
import { Workloads } from '../workloads/workloads.js';
import { classicAsyncFib, classicAsyncWait, classicFib, classicWait } from './classic.operations.js';
import { asyncNSchema, nSchema } from './classic.schema.js';

const WAIT_MS = 50;

/** The tutorials' handlers in two kinds: `def`, which FastAPI runs in a thread, and `async def`. */
@Public()
@UseGuards(OneByOneGuard)
@Controller()
export class HandlersController {
  constructor(@Inject(Workloads) private readonly workloads: Workloads) {}

  @Get('wait')
  @Documented(classicWait)
  wait(@Res({ passthrough: true }) reply: FastifyReply): Promise<{ duration: number }> {
    return this.#wait('worker', reply);
  }

  @Get('asyncwait')
  @Documented(classicAsyncWait)
  asyncWait(@Res({ passthrough: true }) reply: FastifyReply): Promise<{ duration: number }> {
    return this.#wait('async', reply);
  }

  @Get('fib/:n')
  @Documented(classicFib)
  async fib(
    @Param('n', { schema: nSchema }) n: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ fib: number }> {
    return { fib: await this.workloads.fib(n, 'worker', leavingSignal(reply)) };
  }

  @Get('asyncfib/:n')
  @Documented(classicAsyncFib)
  async asyncFib(
    @Param('n', { schema: asyncNSchema }) n: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ fib: number }> {
    return { fib: await this.workloads.fib(n, 'async', leavingSignal(reply)) };
  }

  async #wait(style: Style, reply: FastifyReply): Promise<{ duration: number }> {
    await this.workloads.wait(WAIT_MS, style, leavingSignal(reply));
    return { duration: WAIT_MS / 1000 };
  }
}
