/** IAM's policies are mere JSON in AWS's description of CloudFormation: their words are checked here. */
import { type Complaint, complaint, unknownNames } from './complaint.js';
import { isObject } from './template.js';

const POLICY = ['Version', 'Id', 'Statement'];
const STATEMENT = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
];

/** Looks for policies at any depth: what is called PolicyDocument or AssumeRolePolicyDocument. */
export function checkPolicies(value: unknown, path: string): Complaint[] {
  if (Array.isArray(value))
    return value.flatMap((element, index) => checkPolicies(element, `${path}[${index}]`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, element]) =>
    /^(AssumeRole)?PolicyDocument$/.test(key)
      ? checkPolicy(element, `${path}.${key}`)
      : checkPolicies(element, `${path}.${key}`),
  );
}

function checkPolicy(policy: unknown, path: string): Complaint[] {
  if (!isObject(policy)) return complaint(path, 'is no policy');
  // Of the two kinds, one says who, the other what.
  const needed = path.endsWith('.AssumeRolePolicyDocument')
    ? ['Principal', 'Action']
    : ['Action', 'Resource'];
  const statements = [policy.Statement ?? []].flat();
  return [
    ...unknownNames(Object.keys(policy), POLICY, path, 'a policy has no such word'),
    ...(statements.length === 0 ? complaint(path, 'has no statements') : []),
    ...statements.flatMap((statement, index) =>
      checkStatement(statement, `${path}.Statement[${index}]`, needed),
    ),
  ];
}

function checkStatement(statement: unknown, path: string, needed: string[]): Complaint[] {
  if (!isObject(statement)) return complaint(path, 'is no statement');
  const { Effect } = statement;
  const missing = needed.filter((word) => !(word in statement) && !(`Not${word}` in statement));
  return [
    ...unknownNames(Object.keys(statement), STATEMENT, path, 'a statement has no such word'),
    ...(Effect === 'Allow' || Effect === 'Deny' ? [] : complaint(`${path}.Effect`, 'must be Allow or Deny')),
    ...missing.flatMap((word) => complaint(path, `lacks ${word}`)),
  ];
}
