/** Values that a JSON Schema allows. It knows the keywords that our document uses, and says so of any other. */
import fc from 'fast-check';
import type { ApiDocument, Schema } from './document.js';
import { text } from './texts.js';

const SAYING_NOTHING_OF_VALUES = ['description', 'examples', 'default', 'title', 'example'];
const KNOWN = new Set([
  ...SAYING_NOTHING_OF_VALUES,
  ...['$ref', 'type', 'enum', 'const', 'anyOf', 'oneOf', 'format', 'pattern', 'minLength', 'maxLength'],
  ...['minimum', 'maximum', 'items', 'minItems', 'maxItems'],
  ...['properties', 'required', 'additionalProperties', 'propertyNames'],
]);
/** Arrays of the walk are short: what a hundred items do is what three do. The boundary is tried by mutation. */
const MAX_ITEMS = 3;

/** Values that some parameters or members are to have more often than chance would: by name. */
export type Hints = Record<string, readonly unknown[]>;

export function valuesOf(
  document: ApiDocument,
  given: Schema,
  hints: Hints,
  name = '',
): fc.Arbitrary<unknown> {
  const schema = document.resolve(given);
  for (const keyword of Object.keys(schema))
    if (!KNOWN.has(keyword))
      throw new Error(`The walk does not know the keyword ${keyword}: ${JSON.stringify(schema)}`);
  const hinted = hints[name];
  return hinted
    ? fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...hinted) }, allowedBy(document, schema, hints))
    : allowedBy(document, schema, hints);
}

function allowedBy(document: ApiDocument, schema: Schema, hints: Hints): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices: Schema[] | undefined = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((choice) => valuesOf(document, choice, hints)));
  switch (schema.type) {
    case 'string':
      return stringsOf(schema);
    case 'integer':
      return numbersOf(schema);
    case 'number':
      return fc.oneof(numbersOf(schema), fc.constant(((schema.minimum ?? 0) + (schema.maximum ?? 1)) / 2));
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valuesOf(document, schema.items ?? {}, hints), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.max(schema.minItems ?? 0, MAX_ITEMS),
      });
    case 'object':
      return objectsOf(document, schema, hints);
    case undefined:
      return fc.oneof(fc.constant(schema.examples?.[0] ?? null), fc.jsonValue({ maxDepth: 2 }));
    default:
      throw new Error(`The walk does not know the type ${JSON.stringify(schema.type)}.`);
  }
}

function stringsOf({ minLength = 0, maxLength, pattern, examples = [] }: Schema): fc.Arbitrary<string> {
  const isAllowed = (given: string) =>
    [...given].length >= minLength &&
    [...given].length <= (maxLength ?? Infinity) &&
    (pattern === undefined || new RegExp(pattern, 'u').test(given));
  const known = [...examples, ...boundaryTexts(minLength, maxLength)].filter(isAllowed);
  return known.length > 0
    ? fc.oneof(fc.constantFrom(...known), text.filter(isAllowed))
    : text.filter(isAllowed);
}

/** Of the least and the greatest length, in letters that are one and two UTF-16 units long. */
const boundaryTexts = (minLength: number, maxLength: number | undefined): string[] =>
  [minLength, ...(maxLength === undefined ? [] : [maxLength])].flatMap((length) =>
    ['x', '😀'].map((letter) => letter.repeat(length)),
  );

function numbersOf({ minimum = -(2 ** 53) + 1, maximum = 2 ** 53 - 1, examples = [] }: Schema) {
  return fc.oneof(
    fc.constantFrom<number>(minimum, maximum, ...examples),
    fc.integer({
      min: Math.max(Math.ceil(minimum), -(2 ** 31)),
      max: Math.min(Math.floor(maximum), 2 ** 31 - 1),
    }),
  );
}

function objectsOf(document: ApiDocument, schema: Schema, hints: Hints): fc.Arbitrary<object> {
  const { properties = {}, required = [], additionalProperties, propertyNames } = schema;
  const members = fc.record(
    Object.fromEntries(
      Object.entries(properties).map(([name, part]) => [name, valuesOf(document, part, hints, name)]),
    ),
    { requiredKeys: required, noNullPrototype: true },
  );
  if (!additionalProperties || typeof additionalProperties !== 'object') return members;
  const names = valuesOf(
    document,
    propertyNames ?? { type: 'string' },
    hints,
    'header name',
  ) as fc.Arbitrary<string>;
  const further = fc.dictionary(names, valuesOf(document, additionalProperties, hints), {
    maxKeys: MAX_ITEMS,
    noNullPrototype: true,
  });
  return fc.tuple(members, further).map(([some, others]) => ({ ...others, ...some }));
}
