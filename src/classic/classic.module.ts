import { Module } from '@nestjs/common';
import { OutboundModule } from '../outbound/outbound.module.js';
import { WorkloadsModule } from '../workloads/workloads.module.js';
import { ExternalApiController } from './external-api.controller.js';
import { HandlersController } from './handlers.controller.js';
import { ItemsController } from './items.controller.js';

/** The routes of the FastAPI tutorials, byte for byte, so that their clients run unchanged. */
@Module({
  imports: [WorkloadsModule, OutboundModule],
  controllers: [ItemsController, HandlersController, ExternalApiController],
})
export class ClassicModule {}
