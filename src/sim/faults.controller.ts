import { Controller, Get, Inject, Param, Query, Res, StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/access.guard.js';
import { onceGone } from '../inbound/once-gone.js';
import { Documented } from '../operation.js';
import { type BrokenKind, brokenBody, brokenKindSchema } from './broken-bodies.js';
import { repeated, streamOf } from './byte-streams.js';
import { EndlessAnswers } from './endless-answers.js';
import { Limits } from './limits.js';
import { paddingFields } from './padding-fields.js';
import { pauseFor } from './pause-for.js';
import { requireSocket } from './require-socket.js';
import { resetConnection } from './reset-connection.js';
import { simBroken, simHang, simHeaders, simLength, simReset } from './sim.operations.js';
import { headerBytesSchema, type LengthQuery, lengthQuerySchema, resetQuerySchema } from './sim.schema.js';
import { thenReset } from './then-reset.js';

/** Everything that an upstream can do wrong and a client has to survive. */
@Public()
@Controller('sim')
export class FaultsController {
  constructor(
    @Inject(Limits) private readonly limits: Limits,
    @Inject(EndlessAnswers) private readonly endless: EndlessAnswers,
  ) {}

  @Get('hang')
  @Documented(simHang)
  async hang(@Res() reply: FastifyReply): Promise<void> {
    const socket = requireSocket(reply);
    reply.hijack();
    this.endless.add(socket);
    await pauseFor(this.limits.delayMs, reply);
    socket.destroy();
  }

  @Get('reset')
  @Documented(simReset)
  async reset(
    @Query({ schema: resetQuerySchema }) { after }: { after?: number },
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    const socket = requireSocket(reply);
    if (after === undefined) {
      const gone = new Promise<void>((resolve) => onceGone(reply, resolve));
      resetConnection(socket);
      // Nest sends nothing to a caller that is known to be gone.
      await gone;
      return undefined;
    }
    this.limits.requireBytes({ after });
    // One more is announced than will come.
    return new StreamableFile(streamOf(thenReset(repeated('*', after), reply)), { length: after + 1 });
  }

  @Get('length')
  @Documented(simLength)
  length(
    @Query({ schema: lengthQuerySchema }) { says, sends }: LengthQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): StreamableFile {
    requireSocket(reply);
    this.limits.requireBytes({ sends });
    // Node.js believes the field, and the end of the connection is the end of the body.
    void reply.header('connection', 'close');
    return new StreamableFile(streamOf(repeated('*', sends)), { type: 'text/plain', length: says });
  }

  @Get('headers/:bytes')
  @Documented(simHeaders)
  headers(
    @Param('bytes', { schema: headerBytesSchema }) bytes: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): { headerBytes: number } {
    void reply.headers(paddingFields(bytes));
    return { headerBytes: bytes };
  }

  @Get('broken/:kind')
  @Documented(simBroken)
  async broken(
    @Param('kind', { schema: brokenKindSchema }) kind: BrokenKind,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const { headers, body } = await brokenBody(kind);
    void reply.headers(headers);
    return body;
  }
}
