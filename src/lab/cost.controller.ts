import { Controller, Get, Query } from '@nestjs/common';
import { type CostReport, costReport } from '../cost/cost-report.js';
import { Documented, type Operation } from '../operation.js';
import { type CostQuery, costQuerySchema, costReportSchema } from './cost.schema.js';
import { LabAccess } from './lab-access.js';

const labCost: Operation = {
  id: 'labCost',
  tag: 'Lab',
  summary: 'What a load costs on every platform',
  description:
    'Prices a month of equal requests, line by line, cheapest platform first. Waiting is billed: `durationMs` counts whatever the handler does meanwhile. ' +
    '`concurrency` changes the bill only where requests share an instance. Prices are from one dated file; taxes, data transfer, logs and databases are not in it.',
  answer: costReportSchema,
  problems: ['VALIDATION_FAILED', 'FORBIDDEN'],
};

/** Nothing runs here: it computes. */
@LabAccess()
@Controller('lab')
export class CostController {
  @Get('cost')
  @Documented(labCost)
  cost(@Query({ schema: costQuerySchema }) load: CostQuery): CostReport {
    return costReport(load);
  }
}
