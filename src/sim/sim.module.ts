import { Module } from '@nestjs/common';
import { BodiesController } from './bodies.controller.js';
import { EndlessAnswers } from './endless-answers.js';
import { FaultsController } from './faults.controller.js';
import { Limits } from './limits.js';
import { PacedController } from './paced.controller.js';
import { PageFaults } from './page-faults.js';
import { PageRates } from './page-rates.js';
import { PagesController } from './pages.controller.js';
import { RedirectToController } from './redirect-to.controller.js';
import { RetryTimes } from './retry-times.js';
import { StatusesController } from './statuses.controller.js';
import { UnstableCalls } from './unstable-calls.js';

/**
 * The simulator: an upstream whose answers follow from the request alone, for demos and tests, named as go-httpbin
 * names things where it does. Nobody is asked for a token; how much a call may ask for is in `limits.ts`. Nothing it
 * starts outlives the caller's connection.
 */
@Module({
  controllers: [
    PacedController,
    PagesController,
    BodiesController,
    StatusesController,
    RedirectToController,
    FaultsController,
  ],
  providers: [Limits, EndlessAnswers, UnstableCalls, RetryTimes, PageFaults, PageRates],
})
export class SimModule {}
