import { Controller, Get, Header, Inject, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/access.guard.js';
import { Metrics } from '../metering/metrics.js';
import { Documented } from '../operation.js';
import { readMetrics } from './inbound.operations.js';
import { MetricsGuard } from './metrics.guard.js';

/** For Prometheus and its like. Exists only where the configuration has it (see `inboundModule`). */
@Public()
@UseGuards(MetricsGuard)
@Controller('metrics')
export class MetricsController {
  constructor(@Inject(Metrics) private readonly metrics: Metrics) {}

  @Get()
  @Header('cache-control', 'no-store')
  @Documented(readMetrics)
  async read(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { contentType, text } = await this.metrics.exposition();
    void reply.type(contentType);
    return text;
  }
}
