/** What `/openapi.json` says, as the walk needs it: operations with their references followed where one looks. */
import type { Json } from '../transports.js';

/** JSON Schema 2020-12, as the document has it. */
export type Schema = Json;

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header' | 'cookie';
  required: boolean;
  schema: Schema;
}

export interface DocumentedAnswer {
  headers?: Record<string, Json>;
  content?: Record<string, { schema?: Schema }>;
}

export interface DocumentedOperation {
  id: string;
  method: string;
  path: string;
  parameters: Parameter[];
  body?: { isRequired: boolean; types: string[]; schema: Schema };
  /** By status, and `default`. */
  answers: Record<string, DocumentedAnswer>;
}

export class ApiDocument {
  readonly operations: DocumentedOperation[];

  constructor(readonly whole: Json) {
    this.operations = Object.entries<Json>(whole.paths).flatMap(([path, operations]) =>
      Object.entries<Json>(operations).map(([method, operation]) => this.#read(path, method, operation)),
    );
  }

  /** What stands at the end of a reference; no name in our document holds an escape. */
  resolve(part: Json): Json {
    if (typeof part?.$ref !== 'string') return part;
    const path: string[] = part.$ref.slice('#/'.length).split('/');
    const found = path.reduce((at: Json, name) => at?.[name], this.whole);
    if (found === undefined) throw new Error(`The document has no ${part.$ref}.`);
    return this.resolve(found);
  }

  #read(path: string, method: string, operation: Json): DocumentedOperation {
    const { operationId, parameters, requestBody, responses } = operation;
    const content = Object.entries<Json>(requestBody?.content ?? {});
    return {
      id: operationId,
      method: method.toUpperCase(),
      path,
      parameters: parameters.map((parameter: Json) => this.resolve(parameter)),
      ...(content[0] && {
        body: {
          isRequired: requestBody.required,
          types: content.map(([type]) => type),
          schema: content[0][1].schema,
        },
      }),
      answers: Object.fromEntries(
        Object.entries<Json>(responses).map(([status, answer]) => [status, this.resolve(answer)]),
      ),
    };
  }
}
