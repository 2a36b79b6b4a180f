import type { Readable } from 'node:stream';
import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  Headers,
  HttpCode,
  Inject,
  Param,
  Post,
  Res,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { leavingSignal } from '../../inbound/leaving-signal.js';
import { answerLines } from '../../inbound/ndjson.js';
import { Documented } from '../../operation.js';
import { LabAccess } from '../lab-access.js';
import { type NewRace, newRaceSchema } from './new-race.schema.js';
import { Races } from './races.js';
import { followRace, readRace, startRace, stopRace } from './races.operations.js';
import { type RaceShown, raceIdSchema } from './races.schema.js';

/** A race's own deadline, and time to read what it said last. */
const FOLLOWED_MS = 90_000;

@LabAccess()
@Controller('lab/races')
export class RacesController {
  constructor(@Inject(Races) private readonly races: Races) {}

  @Post()
  @HttpCode(202)
  @Documented(startRace)
  start(
    @Body({ schema: newRaceSchema }) asked: NewRace,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): RaceShown {
    const race = this.races.start(asked);
    void reply.header('location', `/lab/races/${race.id}`);
    return race.shown();
  }

  @Get(':id')
  @Documented(readRace)
  read(@Param('id', { schema: raceIdSchema }) id: string): RaceShown {
    return this.races.find(id).shown();
  }

  @Get(':id/events')
  @Header('cache-control', 'no-store')
  @Documented(followRace)
  follow(
    @Param('id', { schema: raceIdSchema }) id: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Readable> | undefined {
    const race = this.races.find(id);
    const after = race.events.idOr0(lastEventId);
    if (!race.isRunning && after === race.events.lastId) {
      // What keeps a browser from asking again and again for what is over.
      void reply.code(204);
      return undefined;
    }
    const gone = leavingSignal(reply);
    if (reply.request.method !== 'HEAD') {
      const leave = race.follow();
      if (gone.aborted) leave();
      else gone.addEventListener('abort', leave, { once: true });
    }
    void reply.header('x-accel-buffering', 'no');
    return answerLines(race.events.from(after, gone), reply, {
      mediaType: 'text/event-stream',
      isCut: true,
      takenWithinMs: FOLLOWED_MS,
    });
  }

  @Delete(':id')
  @HttpCode(204)
  @Documented(stopRace)
  async stop(@Param('id', { schema: raceIdSchema }) id: string): Promise<void> {
    await this.races.find(id).stop('It was stopped with DELETE.');
  }
}
