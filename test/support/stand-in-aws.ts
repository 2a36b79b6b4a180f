/** What osls asks of an account of AWS to deploy and to invoke, answered here; `steps` is what was done to it, in order. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export interface Account {
  /** Whether the stage has been released before. */
  hasStack?: boolean;
  doesMigrationFail?: boolean;
  /** Milliseconds that a migration takes. */
  migrationMs?: number;
  doesDeploymentFail?: boolean;
  /** Whether the credentials are worth nothing here. */
  isForbidden?: boolean;
}

const STACK_ID = 'arn:aws:cloudformation:us-east-1:123456789012:stack/farebox-dev/1';

/** Until the test ends. @returns where it is, for AWS_ENDPOINT_URL */
export async function standInAws(account: Account): Promise<{ url: string; steps: string[] }> {
  const steps: string[] = [];
  const cloudFormation = new CloudFormation(account, steps);
  const server = createServer(async (request, response) => {
    const body = (await buffer(request)).toString('latin1');
    if (account.isForbidden) return refuse(response, 403, 'AccessDeniedException');
    const action = new URLSearchParams(body).get('Action');
    if (action) cloudFormation.answer(action, response);
    else if (request.url?.includes('/functions/')) answerLambda(account, steps, request, body, response);
    else answerS3(steps, request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, steps };
}

function refuse(response: ServerResponse, status: number, type: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type });
  response.end(`{"message":"${type}"}`);
}

function answerLambda(
  account: Account,
  steps: string[],
  { url = '', method }: IncomingMessage,
  body: string,
  response: ServerResponse,
): void {
  const [, , , name = '', what = ''] = url.split('/');
  if (!account.hasStack) {
    refuse(response, 404, 'ResourceNotFoundException');
    return;
  }
  response.setHeader('content-type', 'application/json');
  if (method !== 'GET') steps.push(`${what} of ${name}${what === 'code' ? '' : `: ${body}`}`);
  if (what === 'invocations') {
    if (account.doesMigrationFail) response.setHeader('x-amz-function-error', 'Unhandled');
    setTimeout(() => response.end('{"applied":["1_init"]}'), account.migrationMs ?? 0);
  } else {
    const Configuration = {
      State: 'Active',
      LastUpdateStatus: 'Successful',
      CodeSha256: 'of another release',
      Role: `arn:aws:iam::123456789012:role/farebox-dev-us-east-1-${name.split('-').at(-1)}`,
      MemorySize: 512,
      Timeout: 300,
      Handler: 'index.handler',
      Description: 'Applies pending migrations, invoked once a release',
      // As CloudFormation has resolved them.
      Environment: { Variables: { DATABASE_URL: 'postgresql://farebox:word@database.example.org/farebox' } },
    };
    response.end(JSON.stringify({ Configuration }));
  }
}

function answerS3(steps: string[], { method, url = '' }: IncomingMessage, response: ServerResponse): void {
  if (method === 'PUT') steps.push(`upload of ${url.split('?')[0]?.split('/').at(-1)}`);
  response.setHeader('etag', '"1"');
  if (method !== 'GET') return void response.end();
  response.setHeader('content-type', 'text/xml');
  response.end('<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>');
}

class CloudFormation {
  #event = 0;

  constructor(
    private readonly account: Account,
    private readonly steps: string[],
  ) {}

  answer(action: string, response: ServerResponse): void {
    response.setHeader('content-type', 'text/xml');
    const isMissing = action === 'DescribeStacks' && !this.account.hasStack;
    if (isMissing || (action === 'UpdateStack' && this.account.doesDeploymentFail)) {
      const message = isMissing ? 'Stack does not exist' : 'A role is missing';
      response.statusCode = 400;
      response.end(`<R><Error><Code>ValidationError</Code><Message>${message}</Message></Error></R>`);
      return;
    }
    if (action === 'CreateStack' || action === 'UpdateStack') {
      this.#event += 1;
      this.account.hasStack = true;
      this.steps.push(action);
    }
    const result = `<${action}Result>${this.#results[action]?.() ?? ''}</${action}Result>`;
    response.end(`<${action}Response>${result}</${action}Response>`);
  }

  readonly #results: Record<string, () => string> = {
    GetCallerIdentity: () => '<Arn>arn:aws:iam::123456789012:user/x</Arn><Account>123456789012</Account>',
    DescribeStacks: () =>
      `<Stacks><member>${stack}<CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>UPDATE_COMPLETE</StackStatus></member></Stacks>`,
    CreateStack: () => `<StackId>${STACK_ID}</StackId>`,
    UpdateStack: () => `<StackId>${STACK_ID}</StackId>`,
    DescribeStackEvents: () =>
      `<StackEvents><member><EventId>${this.#event}</EventId>${stack}<LogicalResourceId>farebox-dev</LogicalResourceId><PhysicalResourceId>${STACK_ID}</PhysicalResourceId><ResourceType>AWS::CloudFormation::Stack</ResourceType><Timestamp>${new Date().toISOString()}</Timestamp><ResourceStatus>UPDATE_COMPLETE</ResourceStatus></member></StackEvents>`,
    DescribeStackResource: () =>
      `<StackResourceDetail>${stack}<LogicalResourceId>ServerlessDeploymentBucket</LogicalResourceId><PhysicalResourceId>farebox-dev-bucket</PhysicalResourceId></StackResourceDetail>`,
  };
}

const stack = `<StackId>${STACK_ID}</StackId><StackName>farebox-dev</StackName>`;
