import type { FastifyInstance } from 'fastify';
import type { Case } from './case.js';
import { answerCases } from './cases/answers.js';
import { apiCases } from './cases/api.js';
import { requestCases } from './cases/requests.js';
import { sizeCases } from './cases/sizes.js';
import { openEchoApp } from './echo-app.js';
import { openApi } from './open-api.js';

interface Ground {
  what: string;
  /** An application that listens. */
  open(): Promise<{ fastify: FastifyInstance; port: number; close(): Promise<void> }>;
  cases: Case[];
}

/** What is behind the doors, and what is tried on it. */
export const grounds: Ground[] = [
  {
    what: 'an application of all sorts',
    open: openEchoApp,
    cases: [...requestCases, ...answerCases, ...sizeCases],
  },
  { what: 'the API', open: openApi, cases: apiCases },
];
