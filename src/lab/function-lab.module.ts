import { Module } from '@nestjs/common';
import { Workloads } from '../workloads/workloads.js';
import { asyncWorkloads } from './async-workloads.js';
import { CostController } from './cost.controller.js';
import { ServersOnlyController } from './servers-only.controller.js';
import { WorkController } from './work.controller.js';

/** The lab of a function: no threads, no races. */
@Module({
  controllers: [WorkController, CostController, ServersOnlyController],
  providers: [{ provide: Workloads, useValue: asyncWorkloads }],
})
export class FunctionLabModule {}
