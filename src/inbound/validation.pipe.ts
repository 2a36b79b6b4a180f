import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import '../rule-texts.js';
import { type FieldError, jsonPointer, Problem, shortName } from '../problem.js';

/** More broken rules than this in one request are not worth reading, and each costs bytes. */
const MAX_FIELD_ERRORS = 50;

/** An issue as Standard Schema has it, and zod's own list of the keys it does not know. */
interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  readonly keys?: readonly string[];
}

type Outcome = Awaited<ReturnType<NonNullable<ArgumentMetadata['schema']>['~standard']['validate']>>;

/** Zod speaks of keys it does not know in one issue; each gets an error of its own. */
function fieldErrors(issue: Issue, isBody: boolean): FieldError[] {
  const path = (issue.path ?? []).map((segment) => (typeof segment === 'object' ? segment.key : segment));
  const name = (keys: PropertyKey[]) => (isBody ? jsonPointer(keys) : keys.map(shortName).join('.'));
  return issue.keys
    ? issue.keys.map((key) => ({ detail: 'is not known here', pointer: name([...path, key]) }))
    : [{ detail: issue.message, pointer: name(path) }];
}

/** Checks bodies, queries and parameters against their zod schemas; the problem names each field and its rule. */
@Injectable()
export class ValidationPipe implements PipeTransform {
  /** At once where it can be: each promise is one more turn of the queue, for each parameter of each request. */
  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    const { schema } = metadata;
    if (!schema) return value;
    const result = schema['~standard'].validate(value);
    return result instanceof Promise
      ? result.then((later) => this.outcome(later, value, metadata))
      : this.outcome(result, value, metadata);
  }

  private outcome(result: Outcome, value: unknown, { type, data }: ArgumentMetadata): unknown {
    if (!result.issues) return result.value;

    const isBody = type === 'body';
    if (isBody && value === undefined) throw new Problem('BODY_INVALID', 'A JSON body is needed.');
    const issues = data
      ? result.issues.map((issue) => ({ ...issue, path: [data, ...(issue.path ?? [])] }))
      : result.issues;
    const errors = issues.flatMap((issue) => fieldErrors(issue, isBody)).slice(0, MAX_FIELD_ERRORS);
    const first = errors[0];
    throw new Problem(
      'VALIDATION_FAILED',
      first?.pointer ? `${first.pointer}: ${first.detail}` : (first?.detail ?? 'The input breaks a rule.'),
      { errors },
    );
  }
}
