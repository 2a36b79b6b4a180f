/** Problems on the wire (RFC 9457), and what is said about each code. */
import * as z from 'zod';
import { type ProblemCode, problemCatalogue } from '../problem.js';

const codes = Object.keys(problemCatalogue) as [ProblemCode, ...ProblemCode[]];

const problemCodeSchema = z.enum(codes).meta({
  id: 'ProblemCode',
  description: 'Stable: switch on it. `GET /problems` explains each.',
});

export const problemSchema = z
  .looseObject({
    type: z.string().meta({
      format: 'uri-reference',
      description: 'Where the code is explained',
      examples: ['/problems/not-found'],
    }),
    title: z
      .string()
      .meta({ description: 'The same for every problem of this code', examples: ['Not found'] }),
    status: z.int().meta({ minimum: 400, maximum: 599, examples: [404] }),
    detail: z.string().meta({ description: 'What is wrong with this very request' }),
    instance: z.string().meta({
      format: 'uri-reference',
      description: 'The path that was called',
      examples: ['/v1/users/me'],
    }),
    code: problemCodeSchema,
    requestId: z
      .string()
      .meta({ description: 'As in `X-Request-Id`; the operator can find the request by it' }),
    upstreamStatus: z
      .int()
      .optional()
      .meta({ description: "The upstream's status, where that was the trouble", minimum: 100, maximum: 599 }),
    errors: z
      .array(
        z
          .object({
            detail: z.string().meta({ examples: ['must have 1 to 255 characters'] }),
            pointer: z.string().meta({
              description: "A JSON pointer into the body, or the parameter's name",
              examples: ['/name'],
            }),
          })
          .meta({ id: 'FieldError' }),
      )
      .optional()
      .meta({ description: 'Each broken rule, where a field is to blame' }),
  })
  .meta({ id: 'Problem', description: 'A problem (RFC 9457)' });

export const problemMeaningSchema = z
  .object({
    code: problemCodeSchema.meta({ examples: ['EMAIL_TAKEN'] }),
    status: z.int().meta({ minimum: 400, maximum: 599, examples: [409] }),
    title: z.string().meta({ examples: ['The email is taken'] }),
    description: z.string().meta({
      description: 'What it means and what a client should do',
      examples: [
        'Another user has this address, in this or another spelling. Use another one, or sign in with it.',
      ],
    }),
  })
  .meta({ id: 'ProblemMeaning' });
export type ProblemMeaning = z.output<typeof problemMeaningSchema>;

export const problemListSchema = z
  .object({ data: z.array(problemMeaningSchema) })
  .meta({ id: 'ProblemList' });

/** A code in a path, as `problemType` writes it. */
export const problemNameSchema = z.string().meta({
  description: 'A code in lower case, with `-` for `_`',
  examples: ['email-taken'],
});
