/** What GitHub's workflow may do in the account: within its stage, and never more than the boundary through a role it makes. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

interface Statement {
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, unknown>;
}

const { Resources, Parameters } = parse(readFileSync('deploy/github-role.yml', 'utf8'));
const statements: Statement[] = Resources.GithubRole.Properties.Policies[0].PolicyDocument.Statement;
const actionsOf = ({ Action }: Statement) => [Action].flat();

/** The resources of all statements, the stage and the HTTP API filled in. */
const patterns = statements
  .flatMap(({ Resource }) => [Resource].flat() as (string | { 'Fn::Sub': string })[])
  .map((one) => (typeof one === 'string' ? one : one['Fn::Sub']))
  .map((one) => one.replaceAll('$' + '{Stage}', 'dev').replaceAll('$' + '{HttpApiId}', 'abc'));

const isReached = (name: string) =>
  patterns.some((pattern) => {
    const [last = ''] = pattern
      .split(/^arn:.*?(?=function:|role\/|log-group:|alarm:|stack\/|secret:|s3:::|::\/apis)/)
      .slice(-1);
    const escaped = last
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    return last !== '*' && new RegExp(`^${escaped}$`).test(name);
  });

test.each([
  'function:farebox-%-api',
  'function:farebox-%-stream',
  'log-group:/aws/lambda/farebox-%-migrate:*',
  'log-group:/aws/lambda/farebox-%-stream:*',
  'alarm:farebox-%-stream-5xx',
  'log-group:/aws/http-api/farebox-%',
  'alarm:farebox-%-http-5xx',
  'stack/farebox-%/1',
  'secret:farebox/%-AbCdEf',
  's3:::farebox-%-serverlessdeploymentbucket-1',
])('reaches %s of its own stage and of none whose name begins alike', (name) => {
  expect(isReached(name.replace('%', 'dev'))).toBe(true);
  for (const other of ['dev-2', 'dev2', 'prod'])
    expect(isReached(name.replace('%', other)), other).toBe(false);
});

test('reaches one HTTP API once it is named', () => {
  expect(isReached('::/apis/abc/routes/1')).toBe(true);
  expect(isReached('::/apis/xyz')).toBe(false);
});

test('makes and fills roles only under the boundary, which it cannot change', () => {
  const boundary = { ArnEquals: { 'iam:PermissionsBoundary': { Ref: 'Boundary' } } };
  for (const statement of statements)
    if (
      actionsOf(statement).some((action) => /^iam:(Create|Put|Attach|DeleteRolePolicy|Detach)/.test(action))
    )
      expect(statement.Condition).toEqual(boundary);
  const others = statements.flatMap(actionsOf).filter((action) => /^iam:/.test(action));
  expect(others).not.toContain('iam:UpdateAssumeRolePolicy');
  expect(
    others.filter((action) => /\*|PolicyVersion|CreatePolicy|DeleteRolePermissionsBoundary/.test(action)),
  ).toEqual([]);
});

test('a stage has a name that begins no other one', () => {
  expect(new RegExp(`^${Parameters.Stage.AllowedPattern}$`).test('dev-2')).toBe(false);
});
