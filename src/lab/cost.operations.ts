/** What the API documents say of `/lab/cost`. */
import type { Operation } from '../operation.js';
import { costReportSchema } from './cost-report.schema.js';

export const labCost: Operation = {
  id: 'labCost',
  tag: 'Lab',
  summary: 'What a load costs on every platform',
  description:
    'Prices a month of equal requests, line by line, cheapest platform first. Waiting is billed: `durationMs` counts whatever the handler does meanwhile. ' +
    '`concurrency` changes the bill only where requests share an instance. Prices are from one dated file; taxes, data transfer, logs and databases are not in it.',
  answer: costReportSchema,
  problems: ['VALIDATION_FAILED', 'FORBIDDEN'],
};
