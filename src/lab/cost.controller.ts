import { Controller, Get, Query } from '@nestjs/common';
import type { CostReport } from '../cost/cost-report.js';
import { Documented } from '../operation.js';
import { labCost } from './cost.operations.js';
import { type CostQuery, costQuerySchema } from './cost-query.schema.js';
import { LabAccess } from './lab-access.js';

/** Nothing runs here: it computes. */
@LabAccess()
@Controller('lab')
export class CostController {
  @Get('cost')
  @Documented(labCost)
  async cost(@Query({ schema: costQuerySchema }) load: CostQuery): Promise<CostReport> {
    // On first use: in a function's zip the prices are a file of their own.
    const { costReport } = await import('../cost/cost-report.js');
    return costReport(load);
  }
}
