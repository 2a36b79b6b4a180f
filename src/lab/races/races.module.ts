import { Module } from '@nestjs/common';
import { RacesController } from './races.controller.js';
import { Races } from './races.js';

/** Not in functions: a race is two processes for up to a minute, and known to the process that started it only. */
@Module({ controllers: [RacesController], providers: [Races] })
export class RacesModule {}
