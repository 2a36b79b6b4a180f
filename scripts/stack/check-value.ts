/**
 * A value against the type that AWS gives it, at every depth. CloudFormation would turn "5" into 5; here a literal has
 * the type itself, since such a text is more often a slip.
 */
import { nearestName } from './nearest-name.js';
import type { Properties, Property, PropertyType, Spec } from './spec.js';
import { type Complain, intrinsic, isObject } from './template.js';

/** What gives a list; the others that are known give one value, but for those that can give anything. */
const LISTS = ['Fn::Split', 'Fn::GetAZs', 'Fn::Cidr'];
const SCALARS = ['Ref', 'Fn::Sub', 'Fn::Join', 'Fn::Base64', 'Fn::ToJsonString', 'Fn::Length'];
const ANYTHING = ['Fn::GetAtt', 'Fn::Select', 'Fn::FindInMap', 'Fn::ImportValue', 'Fn::Transform'];

const tag: Properties = {
  Key: { type: { type: 'string' }, required: true },
  Value: { type: { type: 'string' }, required: true },
};

export function checkProperties(
  spec: Spec,
  given: Record<string, unknown>,
  known: Properties,
  path: string,
  complain: Complain,
): void {
  for (const [name, value] of Object.entries(given)) {
    const property = known[name];
    if (property) checkValue(spec, value, property, `${path}.${name}`, complain);
    else complain(`${path}.${name}`, `there is no such property${meant(name, Object.keys(known))}`);
  }
  for (const [name, { required }] of Object.entries(known))
    if (required && !(name in given)) complain(path, `lacks ${name}, which is required`);
}

/** As a question to append, or nothing. */
export function meant(name: string, known: Iterable<string>): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? '' : `; ${nearest}?`;
}

function checkValue(spec: Spec, value: unknown, property: Property, path: string, complain: Complain): void {
  const types = [property.type, ...(property.previousTypes ?? [])];
  checkOneOf(spec, value, types, path, complain);
}

/** Right when it is right as one of the types; else the complaints of the type that it comes nearest to. */
function checkOneOf(
  spec: Spec,
  value: unknown,
  types: PropertyType[],
  path: string,
  complain: Complain,
): void {
  const attempts = types.map((type) => {
    const complaints: [string, string][] = [];
    checkType(spec, value, type, path, (...complaint) => void complaints.push(complaint));
    return complaints;
  });
  // One that is wrong deeper down has the right form.
  const isElsewhere = (complaints: [string, string][]) => complaints.every(([where]) => where !== path);
  const [nearest = []] = attempts.sort(
    (a, b) => Number(isElsewhere(b)) - Number(isElsewhere(a)) || a.length - b.length,
  );
  for (const complaint of nearest) complain(...complaint);
}

function checkType(spec: Spec, value: unknown, type: PropertyType, path: string, complain: Complain): void {
  const call = intrinsic(value);
  if (call) return checkIntrinsic(spec, call, type, path, complain);
  const isWrong = (expected: string) => complain(path, `is ${shown(value)}, not ${expected}`);
  switch (type.type) {
    case 'json':
      // A policy, a schema: its own language.
      return;
    case 'array':
      if (!Array.isArray(value)) return isWrong('a list');
      for (const [index, element] of value.entries())
        checkType(spec, element, type.element, `${path}[${index}]`, complain);
      return;
    case 'map':
      if (!isObject(value)) return isWrong('a map');
      for (const [key, element] of Object.entries(value))
        checkType(spec, element, type.element, `${path}.${key}`, complain);
      return;
    case 'ref':
      if (!isObject(value)) return isWrong('an object');
      return checkProperties(spec, value, spec.propertiesOf(type), path, complain);
    case 'tag':
      if (!isObject(value)) return isWrong('a tag');
      return checkProperties(spec, value, tag, path, complain);
    case 'union':
      return checkOneOf(spec, value, type.types, path, complain);
    case 'integer':
      return Number.isInteger(value) ? undefined : isWrong('a whole number');
    case 'number':
    case 'boolean':
      // biome-ignore lint/suspicious/useValidTypeof: these two types are called as JavaScript calls them.
      return typeof value === type.type ? undefined : isWrong(`a ${type.type}`);
    case 'null':
      return value === null ? undefined : isWrong('null');
    case 'string':
      if (typeof value !== 'string') return isWrong('a text');
      if (type.allowedValues && !type.allowedValues.includes(value) && !value.includes('{{resolve:'))
        isWrong(`one of ${type.allowedValues.join(', ')}`);
      return;
    case 'date-time':
      return typeof value === 'string' ? undefined : isWrong('a text');
  }
}

function checkIntrinsic(
  spec: Spec,
  { name, argument }: { name: string; argument: unknown },
  type: PropertyType,
  path: string,
  complain: Complain,
): void {
  if (name === 'Fn::If') {
    const branches = Array.isArray(argument) ? argument.slice(1) : [];
    if (branches.length !== 2) return complain(path, 'Fn::If takes a condition and two values');
    for (const branch of branches)
      if (intrinsic(branch)?.argument !== 'AWS::NoValue') checkType(spec, branch, type, path, complain);
    return;
  }
  const isList = ['array', 'map', 'ref', 'tag'].includes(type.type);
  if (SCALARS.includes(name) && isList && argument !== 'AWS::NotificationARNs')
    complain(path, `${name} gives one value, not ${type.type === 'array' ? 'a list' : 'an object'}`);
  if (LISTS.includes(name) && !['array', 'json', 'union'].includes(type.type))
    complain(path, `${name} gives a list, not one value`);
  const known = [...LISTS, ...SCALARS, ...ANYTHING, 'Fn::If'];
  if (!known.includes(name)) complain(path, `there is no function ${name}${meant(name, known)}`);
}

const shown = (value: unknown): string =>
  Array.isArray(value) ? 'a list' : isObject(value) ? 'an object' : JSON.stringify(value);
