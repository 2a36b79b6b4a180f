import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { OutboundModule } from '../outbound/outbound.module.js';
import { BatchController } from './batch.controller.js';
import { CrawlController } from './crawl/crawl.controller.js';
import { GatewayController } from './gateway.controller.js';

@Module({
  imports: [AuthModule, OutboundModule],
  controllers: [GatewayController, BatchController, CrawlController],
})
export class GatewayModule {}
