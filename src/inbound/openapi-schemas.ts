/** JSON Schema (2020-12, as OpenAPI 3.1 speaks it) of zod schemas. */
import * as z from 'zod';

export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  examples?: unknown[];
  [keyword: string]: unknown;
}

const COMPONENTS = '#/components/schemas/';

/** Converts schemas and collects the named ones. */
export class SchemaCollection {
  readonly components: Record<string, JsonSchema> = {};

  /** @returns a reference where `.meta({ id })` names the schema, else the schema itself */
  add(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const converted = z.toJSONSchema(schema, { io, target: 'draft-2020-12', override: tidy });
    const {
      $schema: _dialect,
      $defs,
      ...root
    } = rename(converted) as JsonSchema & { $defs?: Record<string, JsonSchema> };
    Object.assign(this.components, $defs);
    return root;
  }

  /** The first example of a schema, put together from those of its parts where it has none of its own. */
  example(schema: JsonSchema): unknown {
    if (schema.$ref) return this.example(this.resolve(schema));
    const [given] = [schema.examples ?? schema.enum ?? []].flat();
    if (given !== undefined) return given;
    if (schema.const !== undefined) return schema.const;
    if (schema.default !== undefined) return schema.default;
    if (schema.anyOf?.[0]) return this.example(schema.anyOf[0]);
    if (schema.items) return [this.example(schema.items)];
    if (!schema.properties) return undefined;
    return Object.fromEntries(
      Object.entries(schema.properties).map(([name, part]) => [name, this.example(part)]),
    );
  }

  /** Whether a body of this schema may be left out. */
  takesNull(schema: JsonSchema): boolean {
    return this.resolve(schema).anyOf?.some(({ type }) => type === 'null') ?? false;
  }

  private resolve(schema: JsonSchema): JsonSchema {
    return schema.$ref ? (this.components[schema.$ref.slice(COMPONENTS.length)] ?? {}) : schema;
  }
}

/** What `.meta()` says wins: zod leaves out examples and defaults where a schema transforms its input. */
function tidy({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: object }): void {
  const { id: _id, ...meta } = z.globalRegistry.get(zodSchema) ?? {};
  const schema: JsonSchema = Object.assign(jsonSchema, meta);
  // Patterns of numbers in queries, and zod's spelling-out of what `format` says.
  if (schema.type === 'integer' || schema.type === 'number' || schema.format === 'date-time')
    delete schema.pattern;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}

/** zod keeps named schemas in `$defs`, OpenAPI in its components. */
const rename = (schema: object): unknown =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', `"${COMPONENTS}`));
