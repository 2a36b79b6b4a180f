/** Whether a body or header is what the document says, by ajv. Each schema is compiled once. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { ApiDocument, Schema } from './document.js';

const BASE = 'https://document.example.org/';

export class AnswerSchemas {
  readonly #ajv: Ajv2020;
  readonly #compiled = new Map<Schema, ValidateFunction>();

  constructor(document: ApiDocument) {
    this.#ajv = new Ajv2020({ allErrors: true, strict: false });
    addFormats.default(this.#ajv);
    // `password` is OpenAPI's, and says nothing of a value.
    this.#ajv.addFormat('password', true);
    this.#ajv.addSchema({ $id: BASE, components: document.whole.components });
  }

  /** @returns what is wrong; undefined where it is right */
  complaint(schema: Schema, value: unknown): string | undefined {
    let validate = this.#compiled.get(schema);
    if (!validate) {
      validate = this.#ajv.compile(withBase(schema) as object);
      this.#compiled.set(schema, validate);
    }
    return validate(value) ? undefined : this.#ajv.errorsText(validate.errors);
  }
}

/** References of the document, made to lead into it from outside. */
const withBase = (schema: Schema): unknown =>
  JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', `"$ref":"${BASE}#/`));
