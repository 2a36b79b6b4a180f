import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import type { Config } from '../config.js';
import { HealthController } from './health.controller.js';
import { MetricsController } from './metrics.controller.js';
import { ProblemFilter } from './problem.filter.js';
import { ProblemsController } from './problems.controller.js';
import { ValidationPipe } from './validation.pipe.js';

/** What every request meets. The hooks that come before Nest are in `hooks.ts`. */
@Module({
  controllers: [HealthController, ProblemsController],
  providers: [
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_PIPE, useClass: ValidationPipe },
  ],
})
class InboundModule {}

/** A route that the configuration does not have is not made: its path is like any unknown one. */
export const inboundModule = (config: Config): DynamicModule => ({
  module: InboundModule,
  controllers: config.hasMetrics ? [MetricsController] : [],
});
