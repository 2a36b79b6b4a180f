/**
 * Values against the types that AWS gives them, at every depth. CloudFormation would turn "5" into 5; here a literal
 * has the type itself, since such a text is more often a slip.
 */
import { checkIntrinsic } from './check-intrinsic.js';
import { type Complaint, complaint, unknownNames } from './complaint.js';
import type { Properties, PropertyType, Spec } from './spec.js';
import { intrinsic, isObject } from './template.js';

const tag: Properties = {
  Key: { type: { type: 'string' }, required: true },
  Value: { type: { type: 'string' }, required: true },
};

export function checkProperties(
  spec: Spec,
  given: Record<string, unknown>,
  known: Properties,
  path: string,
): Complaint[] {
  const missing = Object.keys(known).filter((name) => known[name]?.required && !(name in given));
  return [
    ...unknownNames(Object.keys(given), Object.keys(known), path, 'there is no such property'),
    ...missing.flatMap((name) => complaint(path, `lacks ${name}, which is required`)),
    ...Object.entries(given).flatMap(([name, value]) => {
      const { type, previousTypes = [] } = known[name] ?? { type: { type: 'json' } };
      return checkOneOf(spec, value, [type, ...previousTypes], `${path}.${name}`);
    }),
  ];
}

/** Right when it is right as one of the types; else the complaints of the type that it comes nearest to. */
function checkOneOf(spec: Spec, value: unknown, types: PropertyType[], path: string): Complaint[] {
  // One that is wrong only deeper down has the right form.
  const badness = (complaints: Complaint[]) =>
    complaints.length + (complaints.some((one) => one.path === path) ? 1000 : 0);
  const [nearest = []] = types
    .map((type) => checkValue(spec, value, type, path))
    .sort((a, b) => badness(a) - badness(b));
  return nearest;
}

function checkValue(spec: Spec, value: unknown, type: PropertyType, path: string): Complaint[] {
  const call = intrinsic(value);
  if (call) return checkIntrinsic(call, type, path, (branch) => checkValue(spec, branch, type, path));
  switch (type.type) {
    case 'json':
      // A policy, a schema: its own language.
      return [];
    case 'union':
      return checkOneOf(spec, value, type.types, path);
    case 'array':
      if (!Array.isArray(value)) break;
      return value.flatMap((element, index) => checkValue(spec, element, type.element, `${path}[${index}]`));
    case 'map':
      if (!isObject(value)) break;
      return Object.entries(value).flatMap(([key, element]) =>
        checkValue(spec, element, type.element, `${path}.${key}`),
      );
    case 'tag':
      if (!isObject(value)) break;
      return checkProperties(spec, value, tag, path);
    case 'ref':
      if (!isObject(value)) break;
      return checkProperties(spec, value, spec.propertiesOf(type), path);
    default:
      if (isLiteral(value, type)) return [];
  }
  return complaint(path, `is ${shown(value)}, not ${nameOf(type)}`);
}

function isLiteral(value: unknown, type: PropertyType): boolean {
  if (type.type === 'integer') return Number.isInteger(value);
  if (type.type === 'number') return typeof value === 'number';
  if (type.type === 'boolean') return typeof value === 'boolean';
  if (type.type === 'null') return value === null;
  if (typeof value !== 'string') return false;
  // Only CloudFormation knows what it will read from a secret.
  return (
    type.type !== 'string' ||
    !type.allowedValues ||
    type.allowedValues.includes(value) ||
    value.includes('{{resolve:')
  );
}

const names: Partial<Record<PropertyType['type'], string>> = {
  array: 'a list',
  map: 'a map',
  ref: 'an object',
  tag: 'a tag',
  integer: 'a whole number',
  string: 'a text',
  'date-time': 'a time',
};

const nameOf = (type: PropertyType): string =>
  type.type === 'string' && type.allowedValues
    ? `one of ${type.allowedValues.join(', ')}`
    : (names[type.type] ?? `a ${type.type}`);

const shown = (value: unknown): string =>
  Array.isArray(value) ? 'a list' : isObject(value) ? 'an object' : JSON.stringify(value);
