/** Whether a function of CloudFormation can give what belongs in its place. */
import { type Complaint, complaint, meant } from './complaint.js';
import type { PropertyType } from './spec.js';
import { intrinsic } from './template.js';

/** What gives a list, what gives one value, and what can give either. */
const LISTS = ['Fn::Split', 'Fn::GetAZs', 'Fn::Cidr'];
const SCALARS = ['Ref', 'Fn::Sub', 'Fn::Join', 'Fn::Base64', 'Fn::ToJsonString', 'Fn::Length'];
const ANYTHING = ['Fn::If', 'Fn::GetAtt', 'Fn::Select', 'Fn::FindInMap', 'Fn::ImportValue', 'Fn::Transform'];
const ALL = [...LISTS, ...SCALARS, ...ANYTHING];

/** @param checkBranch checks what one branch of an Fn::If gives */
export function checkIntrinsic(
  { name, argument }: { name: string; argument: unknown },
  { type }: PropertyType,
  path: string,
  checkBranch: (branch: unknown) => Complaint[],
): Complaint[] {
  if (!ALL.includes(name)) return complaint(path, `there is no function ${name}${meant(name, ALL)}`);
  if (name === 'Fn::If') {
    if (!Array.isArray(argument) || argument.length !== 3)
      return complaint(path, 'Fn::If takes a condition and two values');
    const isNothing = (branch: unknown) => intrinsic(branch)?.argument === 'AWS::NoValue';
    return argument.slice(1).flatMap((branch) => (isNothing(branch) ? [] : checkBranch(branch)));
  }
  if (type === 'json' || type === 'union') return [];
  const isScalar = !['array', 'map', 'ref', 'tag'].includes(type);
  if (SCALARS.includes(name) && !isScalar && argument !== 'AWS::NotificationARNs')
    return complaint(path, `${name} gives one value, not ${type === 'array' ? 'a list' : 'an object'}`);
  if (LISTS.includes(name) && type !== 'array')
    return complaint(path, `${name} gives a list, not ${isScalar ? 'one value' : 'an object'}`);
  return [];
}
