import { Controller, Get, Inject, Param, Query, Res, StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/access.guard.js';
import { Documented } from '../operation.js';
import { bomb } from './bomb.js';
import { repeated, seededBytes, streamOf } from './byte-streams.js';
import { drip } from './drip.js';
import { EndlessAnswers } from './endless-answers.js';
import { Limits } from './limits.js';
import { pauseFor } from './pause-for.js';
import { requireSocket } from './require-socket.js';
import { simBytes, simDrip, simEndless, simGzipBomb } from './sim.operations.js';
import {
  type BombQuery,
  bombQuerySchema,
  bytesSchema,
  type DripQuery,
  dripQuerySchema,
  seedQuerySchema,
} from './sim.schema.js';

/** What a bomb weighs when nobody says. */
const DEFAULT_BOMB_BYTES = 1024 ** 3;

/** Bodies that are large, slow or without an end. Made while they are read, and no longer than somebody reads them. */
@Public()
@Controller('sim')
export class BodiesController {
  constructor(
    @Inject(Limits) private readonly limits: Limits,
    @Inject(EndlessAnswers) private readonly endless: EndlessAnswers,
  ) {}

  @Get('bytes/:n')
  @Documented(simBytes)
  bytes(
    @Param('n', { schema: bytesSchema }) n: number,
    @Query({ schema: seedQuerySchema }) { seed }: { seed: string },
  ): StreamableFile {
    this.limits.requireBytes({ n });
    return new StreamableFile(streamOf(seededBytes(n, seed)), { length: n });
  }

  @Get('drip')
  @Documented(simDrip)
  async drip(
    @Query({ schema: dripQuerySchema }) query: DripQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    requireSocket(reply);
    const { bytes, delay, duration } = query;
    this.limits.requireBytes({ bytes });
    this.limits.requireMs({ delay, duration });
    await pauseFor(delay, reply);
    return new StreamableFile(streamOf(drip(query, reply)), { length: bytes });
  }

  @Get('endless')
  @Documented(simEndless)
  endlessBody(@Res({ passthrough: true }) reply: FastifyReply): StreamableFile {
    this.endless.add(requireSocket(reply));
    return new StreamableFile(streamOf(repeated('*', this.limits.bytes)));
  }

  @Get('gzip-bomb')
  @Documented(simGzipBomb)
  async gzipBomb(
    @Query({ schema: bombQuerySchema }) {
      bytes = Math.min(DEFAULT_BOMB_BYTES, this.limits.bytes),
      coding,
    }: BombQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    this.limits.requireBytes({ bytes });
    void reply.header('content-encoding', coding);
    return new StreamableFile(await bomb(bytes, coding), { type: 'application/json' });
  }
}
