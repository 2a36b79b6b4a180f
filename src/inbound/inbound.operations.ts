/** What the API documents say of the calls that belong to no feature. */
import * as z from 'zod';
import type { Operation } from '../operation.js';
import { problemListSchema, problemMeaningSchema } from './problem.schema.js';

const healthSchema = z.object({ status: z.literal('ok') }).meta({ id: 'Health' });

export const readLiveness: Operation = {
  id: 'readLiveness',
  summary: 'Is the process alive?',
  description: 'Answers whatever state the database is in: restart the process when this does not answer.',
  answer: healthSchema,
  usesDatabase: false,
};

export const readReadiness: Operation = {
  id: 'readReadiness',
  summary: 'Can requests be served?',
  description: 'The database answers and its schema is up to date: send traffic only while this answers 200.',
  answer: healthSchema,
};

export const readMetrics: Operation = {
  id: 'readMetrics',
  summary: 'Read the metrics',
  description:
    "Requests and upstream calls since the start, by route, status class and host, with their durations, and the state of the processes, all of them together: in Prometheus' text format, version 0.0.4.",
  answer: z.string().meta({
    examples: [
      '# HELP farebox_http_requests_total Requests answered\n# TYPE farebox_http_requests_total counter\nfarebox_http_requests_total{method="GET",route="/v1/users/:id",status_class="2xx"} 3\n',
    ],
  }),
  produces: 'text/plain',
  usesMetricsToken: true,
  usesDatabase: false,
};

export const listProblems: Operation = {
  id: 'listProblems',
  summary: 'List all problem codes',
  description: 'Every `code` that a problem can carry, with its status and what a client should do.',
  answer: problemListSchema,
  usesDatabase: false,
};

export const readProblem: Operation = {
  id: 'readProblem',
  summary: 'Explain a problem code',
  description: 'What the `type` of every problem leads to.',
  answer: problemMeaningSchema,
  problems: ['NOT_FOUND'],
  usesDatabase: false,
};
