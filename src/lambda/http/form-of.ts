import { format1 } from './format-1.js';
import { format2 } from './format-2.js';
import { loadBalancer } from './load-balancer.js';
import type { EventForm } from './plain.js';

/** The first that fits: what a load balancer sends looks like format 1.0 otherwise. */
const forms = [format2, loadBalancer, format1] as EventForm<object>[];

/** @throws TypeError for what is no HTTP request: an answer in HTTP would pass for success with whoever sent it */
export function formOf(event: unknown): EventForm<object> {
  const form =
    typeof event === 'object' && event !== null ? forms.find(({ isOf }) => isOf(event)) : undefined;
  if (form) return form;
  throw new TypeError(
    'This function answers HTTP requests: events of API Gateway, a Function URL or an Application Load Balancer.',
  );
}
