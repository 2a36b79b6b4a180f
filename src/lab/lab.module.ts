import { Module } from '@nestjs/common';
import { WorkloadsModule } from '../workloads/workloads.module.js';
import { CostController } from './cost.controller.js';
import { FanOutController } from './fan-out.controller.js';
import { RacesModule } from './races/races.module.js';
import { WorkController } from './work.controller.js';

/** The lab: the same work done every way, timed and priced. Open in development, for admins in production. */
@Module({
  imports: [WorkloadsModule, RacesModule],
  controllers: [WorkController, FanOutController, CostController],
})
export class LabModule {}
