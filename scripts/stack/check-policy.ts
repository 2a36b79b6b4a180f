/** IAM's policies are JSON to CloudFormation's description: their words are checked here. */
import { meant } from './check-value.js';
import { type Complain, isObject } from './template.js';

const statementWords = [
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

/** Looks for policies at any depth: whatever is called PolicyDocument or AssumeRolePolicyDocument. */
export function checkPolicies(value: unknown, path: string, complain: Complain): void {
  if (Array.isArray(value))
    for (const [index, element] of value.entries()) checkPolicies(element, `${path}[${index}]`, complain);
  if (!isObject(value)) return;
  for (const [key, element] of Object.entries(value))
    if (/^(AssumeRole)?PolicyDocument$/.test(key)) checkPolicy(element, `${path}.${key}`, complain);
    else checkPolicies(element, `${path}.${key}`, complain);
}

function checkPolicy(policy: unknown, path: string, complain: Complain): void {
  if (!isObject(policy)) return complain(path, 'is no policy');
  for (const word of Object.keys(policy))
    if (!['Version', 'Id', 'Statement'].includes(word))
      complain(`${path}.${word}`, `a policy has no ${word}${meant(word, ['Version', 'Id', 'Statement'])}`);
  const statements = [policy.Statement ?? []].flat();
  if (statements.length === 0) complain(path, 'has no statements');
  for (const [index, statement] of statements.entries())
    checkStatement(
      statement,
      `${path}.Statement[${index}]`,
      path.endsWith('.AssumeRolePolicyDocument'),
      complain,
    );
}

function checkStatement(statement: unknown, path: string, isTrust: boolean, complain: Complain): void {
  if (!isObject(statement)) return complain(path, 'is no statement');
  for (const word of Object.keys(statement))
    if (!statementWords.includes(word))
      complain(`${path}.${word}`, `a statement has no ${word}${meant(word, statementWords)}`);
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny')
    complain(`${path}.Effect`, 'must be Allow or Deny');
  const needed = isTrust ? ['Principal', 'Action'] : ['Action', 'Resource'];
  for (const word of needed)
    if (!(word in statement) && !(`Not${word}` in statement)) complain(path, `lacks ${word}`);
}
