import { Module } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { WorkerPool } from './worker-pool.js';
import { Workloads } from './workloads.js';

/** One pool for all who use it. */
@Module({
  providers: [
    {
      provide: Workloads,
      useFactory: ({ lab }: Config) => new Workloads(new WorkerPool(lab.threads, lab.queueMax)),
      inject: [CONFIG],
    },
  ],
  exports: [Workloads],
})
export class WorkloadsModule {}
