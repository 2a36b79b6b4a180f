import { Controller, Get, Header, Param } from '@nestjs/common';
import { Public } from '../auth/access.guard.js';
import { Documented } from '../operation.js';
import { Problem, type ProblemCode, problemCatalogue } from '../problem.js';
import { problemType } from './answer-problem.js';
import { listProblems, readProblem } from './inbound.operations.js';
import { type ProblemMeaning, problemNameSchema } from './problem.schema.js';
import { problemDescriptions } from './problem-descriptions.js';

/** Changes with a release only; a page that a new release brings is not missed for long. */
const CACHE_CONTROL = 'public, max-age=300';

const meanings = new Map<string, ProblemMeaning>(
  Object.entries(problemCatalogue).map(([key, { status, title }]) => {
    const code = key as ProblemCode;
    return [problemType(code), { code, status, title, description: problemDescriptions[code].description }];
  }),
);

/** Where the `type` of every problem leads. */
@Public()
@Controller('problems')
export class ProblemsController {
  @Get()
  @Header('cache-control', CACHE_CONTROL)
  @Documented(listProblems)
  list(): { data: ProblemMeaning[] } {
    return { data: [...meanings.values()] };
  }

  @Get(':name')
  @Header('cache-control', CACHE_CONTROL)
  @Documented(readProblem)
  read(@Param('name', { schema: problemNameSchema }) name: string): ProblemMeaning {
    const meaning = meanings.get(`/problems/${name}`);
    if (!meaning) throw new Problem('NOT_FOUND', 'There is no problem with this name; /problems lists all.');
    return meaning;
  }
}
