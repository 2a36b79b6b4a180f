/** The check of the stack finds what osls lets through: each slip is planted in a copy and has to be reported. */
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkTemplate } from '../../scripts/stack/check-template.js';
import { packageStack } from '../../scripts/stack/package-stack.js';
import { variants } from '../../scripts/stack/variants.js';
import { packagedStacks, plantedSlips, spec } from '../support/packaged-stacks.js';

const names = Object.keys(variants) as (keyof typeof variants)[];
const stacks = packagedStacks(...names);

test.each(names)('the stack of "%s" has nothing wrong', (name) => {
  expect(checkTemplate(stacks.templates[name], spec)).toEqual([]);
});

test('a misspelt property under "resources:", which osls packages, is reported with its path and the right name', async () => {
  const resource =
    '  - Resources: { Jobs: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeoutt: 180 } } }\n';
  await appendFile(join(stacks.folder, 'serverless.yml'), resource);
  const template = await packageStack(stacks.folder, { stage: 'dev' });
  expect(checkTemplate(template, spec)).toEqual([
    'Resources.Jobs.Properties.VisibilityTimeoutt: there is no such property; VisibilityTimeout?',
  ]);
});

const lambda = 'Resources/ApiLambdaFunction/Properties';
const alarm = 'Resources/ApiErrors/Properties';
const role = 'Resources/ApiRole/Properties';

plantedSlips(
  () => stacks.templates['prod in a VPC'],
  [
    [
      'an unknown type',
      'Resources/AlarmTopic/Type',
      'AWS::SNS::Topik',
      'Type: there is no type AWS::SNS::Topik; AWS::SNS::Topic?',
    ],
    ['a misspelt property', `${lambda}/Timeoutt`, 5, 'Timeoutt: there is no such property; Timeout?'],
    ['one of another case', `${lambda}/timeout`, 5, 'timeout: there is no such property; Timeout?'],
    [
      'one in a nested object',
      `${lambda}/LoggingConfig/LogFormatt`,
      'JSON',
      'LoggingConfig.LogFormatt: there is no such property; LogFormat?',
    ],
    [
      'one in a list',
      `${alarm}/Dimensions/0/Nam`,
      'x',
      'Dimensions[0].Nam: there is no such property; Name?',
    ],
    ['one in a tag', `${lambda}/Tags/0/Valu`, 'x', 'Tags[0].Valu: there is no such property; Value?'],
    [
      'one deep down',
      'Resources/ServerlessDeploymentBucket/Properties/BucketEncryption/ServerSideEncryptionConfiguration/0/ServerSideEncryptionByDefault/Algorithm',
      'AES256',
      'ServerSideEncryptionByDefault.Algorithm: there is no such property',
    ],
    [
      'a required property that is missing',
      `${lambda}/Role`,
      undefined,
      'ApiLambdaFunction.Properties: lacks Role, which is required',
    ],
    [
      'a required one in a list',
      `${alarm}/Dimensions/0/Value`,
      undefined,
      'Dimensions[0]: lacks Value, which is required',
    ],
    ['a text for a number', `${lambda}/Timeout`, '29', 'Timeout: is "29", not a whole number'],
    ['a number for a text', `${lambda}/Handler`, 1, 'Handler: is 1, not a text'],
    [
      'a text for a boolean',
      'Resources/HttpApiStage/Properties/AutoDeploy',
      'true',
      'AutoDeploy: is "true", not a boolean',
    ],
    ['a text for a list', `${lambda}/Architectures`, 'arm64', 'Architectures: is "arm64", not a list'],
    [
      'an object in a list of texts',
      `${lambda}/Architectures`,
      [{}],
      'Architectures[0]: is an object, not a text',
    ],
    [
      'a number in a map of texts',
      `${lambda}/Environment/Variables/PORT`,
      3000,
      'Environment.Variables.PORT: is 3000, not a text',
    ],
    ['a list for an object', `${lambda}/VpcConfig`, [], 'VpcConfig: is a list, not an object'],
    [
      'a word that is none of those allowed',
      `${lambda}/PackageType`,
      'Tar',
      'PackageType: is "Tar", not one of Image, Zip',
    ],
    [
      'a Ref where a list belongs',
      `${lambda}/VpcConfig/SubnetIds`,
      { Ref: 'AWS::Region' },
      'SubnetIds: Ref gives one value, not a list',
    ],
    [
      'a list where one value belongs',
      `${lambda}/Handler`,
      { 'Fn::Split': [',', 'a,b'] },
      'Handler: Fn::Split gives a list, not one value',
    ],
    [
      'a wrong branch of an If',
      `${lambda}/Timeout`,
      { 'Fn::If': ['HasOwnTopic', 5, 'x'] },
      'Timeout: is "x", not a whole number',
    ],
    [
      'an unknown attribute of a resource',
      'Resources/ApiRole/DependOn',
      'HttpApi',
      'ApiRole.DependOn: is not known; DependsOn?',
    ],
    ['an unknown section', 'Resource', {}, 'Resource: is not known; Resources?'],
    [
      'a misspelt word in a policy',
      `${role}/Policies/0/PolicyDocument/Statement/0/Resourse`,
      '*',
      'Statement[0].Resourse: a statement has no such word; Resource?',
    ],
    [
      'a policy without an effect',
      `${role}/Policies/0/PolicyDocument/Statement/0/Effect`,
      'allow',
      'Effect: must be Allow or Deny',
    ],
    [
      'trust in nobody',
      `${role}/AssumeRolePolicyDocument/Statement/0/Principal`,
      undefined,
      'lacks Principal',
    ],
  ],
);
