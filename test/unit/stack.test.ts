/** What the stack promises, whatever its stage and network. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readConfig, settings } from '#dist/config.js';
import { parseDatabaseUrl } from '#dist/database-url.js';
import type { Variant } from '../../scripts/stack/package-stack.js';
import type { Template, TemplateResource } from '../../scripts/stack/template.js';
import { variants } from '../../scripts/stack/variants.js';
import { secrets } from '../support/app.js';
import { packagedStacks } from '../support/packaged-stacks.js';

const names = Object.keys(variants) as (keyof typeof variants)[];
const stacks = packagedStacks(...names);

interface Statement {
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource: unknown;
}

const ofType = (template: Template, type: string) =>
  Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
const functionsOf = (template: Template) =>
  ofType(template, 'AWS::Lambda::Function').map(([id, { Properties }]) => ({
    id,
    properties: Properties as Record<string, unknown> & {
      Environment: { Variables: Record<string, unknown> };
    },
  }));
const nameOf = (id: string) => id.replace('LambdaFunction', '');

/** Every statement that a role carries, from its own policies and from the stack's managed ones. */
function statementsOf(template: Template, role: TemplateResource): Statement[] {
  const { Policies = [], ManagedPolicyArns = [] } = role.Properties as {
    Policies?: { PolicyDocument: { Statement: Statement[] } }[];
    ManagedPolicyArns?: { Ref: string }[];
  };
  const managed = ManagedPolicyArns.map(({ Ref }) => template.Resources[Ref]?.Properties);
  return [...Policies, ...(managed as typeof Policies)].flatMap(
    ({ PolicyDocument }) => PolicyDocument.Statement,
  );
}

describe.each(names)('the stack of "%s"', (name) => {
  const template = () => stacks.templates[name];

  test('runs its functions on Node.js 24 and arm64, and logs as JSON', () => {
    expect(functionsOf(template()).map(({ id }) => nameOf(id))).toEqual(['Api', 'Stream', 'Migrate']);
    for (const { properties } of functionsOf(template()))
      expect(properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        LoggingConfig: { LogFormat: 'JSON' },
      });
  });

  test('ends a request before the HTTP API does', () => {
    const [api] = functionsOf(template());
    const [[, integration] = []] = ofType(template(), 'AWS::ApiGatewayV2::Integration');
    expect(api?.properties.Timeout).toBeLessThan(30);
    expect(integration?.Properties).toMatchObject({ PayloadFormatVersion: '2.0', TimeoutInMillis: 30_000 });
  });

  test('hands every path to the application, without a prefix, and no faster than its stage says', () => {
    const [[, route] = []] = ofType(template(), 'AWS::ApiGatewayV2::Route');
    const [[, stage] = []] = ofType(template(), 'AWS::ApiGatewayV2::Stage');
    expect(route?.Properties?.RouteKey).toBe('$default');
    expect(stage?.Properties?.StageName).toBe('$default');
    expect(stage?.Properties?.DefaultRouteSettings).toMatchObject({
      ThrottlingRateLimit: expect.any(Number),
    });
  });

  test('has a Function URL that streams, with no more than AWS asks for to let anybody call it', () => {
    const [[, url] = []] = ofType(template(), 'AWS::Lambda::Url');
    expect(url?.Properties).toMatchObject({
      AuthType: 'NONE',
      InvokeMode: 'RESPONSE_STREAM',
      TargetFunctionArn: { 'Fn::GetAtt': ['StreamLambdaFunction', 'Arn'] },
    });
    // The application answers CORS: a second voice would only contradict it.
    expect(url?.Properties).not.toHaveProperty('Cors');
    const anybody = ofType(template(), 'AWS::Lambda::Permission')
      .map(([, { Properties }]) => Properties)
      .filter((permission) => permission?.Principal === '*');
    expect(anybody).toHaveLength(2);
    for (const permission of anybody)
      expect(permission?.FunctionName).toEqual({ 'Fn::GetAtt': ['StreamLambdaFunction', 'Arn'] });
    expect(anybody).toContainEqual(
      expect.objectContaining({ Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE' }),
    );
    expect(anybody).toContainEqual(
      expect.objectContaining({ Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true }),
    );
  });

  test('lets the function that streams send as much as AWS lets it', () => {
    const stream = functionsOf(template()).find(({ id }) => nameOf(id) === 'Stream');
    // 6 MB at once, the other 194 at 2 MB/s.
    expect(stream?.properties.Timeout).toBeGreaterThan((200 - 6) / 2);
  });

  test('gives the function that streams the settings of the API', () => {
    const [api, stream] = functionsOf(template());
    expect(stream?.properties.Environment).toEqual(api?.properties.Environment);
    expect(stream?.properties.VpcConfig).toEqual(api?.properties.VpcConfig);
  });

  test('gives each function a role of its own', () => {
    const roles = functionsOf(template()).map(({ properties }) => JSON.stringify(properties.Role));
    expect(new Set(roles).size).toBe(roles.length);
    const trusted = ofType(template(), 'AWS::IAM::Role').filter(([, role]) =>
      JSON.stringify(role.Properties?.AssumeRolePolicyDocument).includes('lambda.amazonaws.com'),
    );
    expect(trusted.map(([id]) => id).sort()).toEqual(['ApiRole', 'MigrateRole', 'StreamRole']);
  });

  test('lets a function write its own log and nothing else; what a VPC needs besides is denied to its code', () => {
    for (const { id } of functionsOf(template())) {
      const role = template().Resources[`${nameOf(id)}Role`] as TemplateResource;
      const [own, ...others] = statementsOf(template(), role);
      expect(own).toEqual({
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': [`${nameOf(id)}LogGroup`, 'Arn'] },
      });
      if (name !== 'prod in a VPC') expect(others).toEqual([]);
      else {
        const [allowed, denied, ...more] = others;
        expect(more).toEqual([]);
        expect(denied).toMatchObject({ Effect: 'Deny', Action: allowed?.Action, Resource: '*' });
        expect(JSON.stringify(denied)).toContain('lambda:SourceFunctionArn');
      }
    }
  });

  test('allows no action by a wildcard, and no resource by one but the network interfaces', () => {
    const wild: string[] = [];
    const look = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      const { Effect, Action, Resource } = value as Partial<Statement>;
      if (Effect === 'Allow') {
        for (const action of [Action].flat()) {
          if (action?.includes('*')) wild.push(action);
          if ([Resource].flat().includes('*')) wild.push(`${action} on *`);
        }
      }
      Object.values(value).forEach(look);
    };
    look(template());
    expect(wild.filter((what) => !/^ec2:\w+ on \*$/.test(what))).toEqual([]);
    expect(wild.length > 0).toBe(name === 'prod in a VPC');
  });

  test('keeps no log for ever', () => {
    const groups = ofType(template(), 'AWS::Logs::LogGroup');
    expect(groups).toHaveLength(4);
    for (const [, { Properties }] of groups)
      expect(Properties?.RetentionInDays).toBe(name === 'dev' ? 7 : 90);
  });

  test('alarms on errors and throttles of each function, on slow requests, on 5xx and on 429s of the service', () => {
    const alarms = ofType(template(), 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
    const watched = alarms.map((alarm) => {
      const { MetricName, Dimensions, AlarmActions } = alarm as {
        MetricName: string;
        Dimensions: { Value: { Ref: string } }[];
        AlarmActions: unknown[];
      };
      expect(AlarmActions).toHaveLength(1);
      return `${Dimensions[0]?.Value.Ref ?? 'log'} ${MetricName}`;
    });
    expect(watched.sort()).toEqual(
      [
        ...functionsOf(template()).flatMap(({ id }) => [`${id} Errors`, `${id} Throttles`]),
        'ApiLambdaFunction Duration',
        'StreamLambdaFunction Duration',
        'StreamLambdaFunction Url5xxCount',
        'HttpApi 5xx',
        'log HttpThrottled',
      ].sort(),
    );
  });

  test('writes the access log from words that need no escaping', () => {
    const [[, stage] = []] = ofType(template(), 'AWS::ApiGatewayV2::Stage');
    const { Format } = (stage?.Properties?.AccessLogSettings ?? {}) as { Format: string };
    expect(() => JSON.parse(Format)).not.toThrow();
    expect(Format).not.toMatch(/message|path|userAgent|routeKey/i);
  });

  test('gives the roles the boundary that a pipeline asks for', () => {
    const arn = (variants[name] as Variant).params?.boundaryArn ?? '';
    expect(template().Conditions?.HasBoundary).toEqual({ 'Fn::Not': [{ 'Fn::Equals': [arn, ''] }] });
    for (const { id } of functionsOf(template()))
      expect(template().Resources[`${nameOf(id)}Role`]?.Properties?.PermissionsBoundary).toEqual({
        'Fn::If': ['HasBoundary', arn, { Ref: 'AWS::NoValue' }],
      });
  });

  test('holds no secret: each is a reference that CloudFormation resolves', () => {
    const secret = /^(DATABASE_URL|SECRETS)$/;
    for (const { properties } of functionsOf(template()))
      for (const [key, value] of Object.entries(properties.Environment.Variables))
        if (secret.test(key)) {
          // An object: a text would be sent as it is by `serverless deploy function`.
          expect(value).toEqual({ 'Fn::Sub': expect.stringContaining('{{resolve:secretsmanager:') });
        }
    const migrate = functionsOf(template()).find(({ id }) => nameOf(id) === 'Migrate');
    expect(Object.keys(migrate?.properties.Environment.Variables ?? {})).not.toContain('SECRETS');
  });

  test('gives the API settings that it takes', () => {
    const [api] = functionsOf(template());
    const env = filled(api?.properties.Environment.Variables ?? {});
    expect(Object.keys(env).filter((key) => !(key in settings))).toEqual([]);
    const config = readConfig({ AWS_LAMBDA_FUNCTION_NAME: 'farebox-prod-api', ...env });
    expect(config).toMatchObject({ mode: 'production', isSignupOpen: false, corsOrigins: [] });
    expect(parseDatabaseUrl(config.database.url)).toMatchObject({ engine: 'postgresql', tls: 'verified' });
  });

  test('keeps its zips where nobody else reads them', () => {
    expect(template().Resources.ServerlessDeploymentBucket?.Properties).toMatchObject({
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
      BucketEncryption: expect.anything(),
    });
  });
});

/** Connections of the API's instances when all of them are there. */
function connectionsOf(template: Template, instances: (timeoutMs: number) => number): number {
  const [api] = functionsOf(template);
  const { database } = readConfig({
    AWS_LAMBDA_FUNCTION_NAME: 'farebox-api',
    ...filled(api?.properties.Environment.Variables ?? {}),
  });
  return instances(database.timeoutMs) * database.poolMax;
}

test('the connections of all instances, old and new ones during a release, fit into what PostgreSQL takes by default', () => {
  const [api, stream] = functionsOf(stacks.templates.prod);
  const instances =
    Number(api?.properties.ReservedConcurrentExecutions) +
    Number(stream?.properties.ReservedConcurrentExecutions);
  expect(2 * connectionsOf(stacks.templates.prod, () => instances)).toBeLessThanOrEqual(100 - 20);
});

test('where no number limits the instances, the requests let in do, while a database hangs', () => {
  const [[, stage] = []] = ofType(stacks.templates.dev, 'AWS::ApiGatewayV2::Stage');
  const { ThrottlingRateLimit, ThrottlingBurstLimit } = (stage?.Properties?.DefaultRouteSettings ?? {}) as {
    ThrottlingRateLimit: number;
    ThrottlingBurstLimit: number;
  };
  const waiting = (timeoutMs: number) => ThrottlingRateLimit * (timeoutMs / 1_000) + ThrottlingBurstLimit;
  expect(connectionsOf(stacks.templates.dev, waiting)).toBeLessThanOrEqual(100 - 20);
});

test('a new account can deploy dev: it reserves no concurrency', () => {
  for (const { properties } of functionsOf(stacks.templates.dev))
    expect(properties).not.toHaveProperty('ReservedConcurrentExecutions');
});

test('the security groups of the VPC let nobody in but along the way to the database', () => {
  const { Resources } = stacks.templates['prod in a VPC'];
  const text = JSON.stringify(Resources);
  expect(text).not.toContain('0.0.0.0/0');
  expect(text).not.toContain('::/0');
  expect(Resources.FunctionSecurityGroup?.Properties).not.toHaveProperty('SecurityGroupIngress');
  for (const [, { Properties }] of ofType(
    stacks.templates['prod in a VPC'],
    'AWS::EC2::SecurityGroupIngress',
  ))
    expect(Properties).toMatchObject({
      FromPort: 5432,
      SourceSecurityGroupId: { Ref: 'ProxySecurityGroup' },
    });
  expect(Resources.DatabaseProxy?.Properties).toMatchObject({ RequireTLS: true });
});

test('what a local emulator reads from serverless.yml is plain', () => {
  const text = readFileSync('serverless.yml', 'utf8');
  for (const key of ['handler', 'memorySize', 'timeout'])
    expect([...text.matchAll(new RegExp(`^    ${key}: [\\w.]+$`, 'gm'))]).toHaveLength(3);
});

/** As CloudFormation would fill the environment in. */
function filled(variables: Record<string, unknown>): Record<string, string> {
  const secret: Record<string, string> = {
    SECRETS: String(secrets[0]),
    DATABASE_URL: 'postgresql://farebox:word@database.example.org/farebox',
    username: 'farebox',
    password: 'word',
  };
  // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation fills it in.
  const proxy = '${DatabaseProxy.Endpoint}';
  const fill = (value: unknown) =>
    (typeof value === 'string' ? value : (value as { 'Fn::Sub': string })['Fn::Sub'])
      .replaceAll(/\{\{resolve:secretsmanager:.+?:SecretString:(\w+)\}\}/g, (_, key) => String(secret[key]))
      .replace(proxy, 'proxy.example.org');
  return Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, fill(value)]));
}
