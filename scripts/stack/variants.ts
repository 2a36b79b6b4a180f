import type { Variant } from './package-stack.js';

const secret = (name: string) =>
  `arn:aws:secretsmanager:us-east-1:123456789012:secret:farebox/prod/${name}-AbCdEf`;

/** Every form that the stack can take. */
export const variants = {
  dev: { stage: 'dev' },
  prod: { stage: 'prod' },
  'prod, all that is optional': {
    stage: 'prod',
    params: {
      warmInstances: '2',
      alarmTopicArn: 'arn:aws:sns:us-east-1:123456789012:alarms',
      boundaryArn: 'arn:aws:iam::123456789012:policy/farebox-prod-boundary',
    },
  },
  'prod, alarms by e-mail': { stage: 'prod', params: { alarmEmail: 'ada@example.org' } },
  'prod in a VPC': {
    stage: 'prod',
    params: {
      network: 'vpc',
      vpcId: 'vpc-0123456789abcdef0',
      subnetIds: 'subnet-0123456789abcdef0,subnet-0123456789abcdef1',
      databaseId: 'farebox',
      databaseSecurityGroupId: 'sg-0123456789abcdef0',
      apiUserSecretArn: secret('api-user'),
      migrateUserSecretArn: secret('migrate-user'),
    },
  },
} satisfies Record<string, Variant>;
