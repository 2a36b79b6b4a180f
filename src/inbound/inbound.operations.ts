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
