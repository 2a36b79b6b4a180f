/** `npm run lambda`: serves HTTP from a function's real zip, or invokes it once. 0 ended, 1 failed, 2 usage, 130 interrupted. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { Refusal, runProgram } from '../src/cli/run-program.js';
import { settings } from '../src/config.js';
import { describeDatabase } from '../src/database-url.js';
import { readEnvironment } from '../src/environment.js';
import type { DeployedFunction } from './deployed-function.js';
import { FunctionInstances } from './function-instances.js';
import { readStack } from './read-stack.js';
import { RequestLines, whatFailed } from './request-lines.js';
import { serve } from './serve.js';
import { type Service, services } from './services.js';
import { untilSignal } from './until-signal.js';
import { unzip } from './unzip.js';

/** What a new AWS account may run at the same time. */
const DEFAULT_CONCURRENCY = 10;

interface Options {
  function: string;
  port: number;
  concurrency: number;
  door: string;
  event?: string;
  node?: string;
}

interface Run {
  fn: DeployedFunction;
  stack: ReturnType<typeof readStack>;
  instances: FunctionInstances;
  options: Options;
  notes: [string, string][];
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
/** What the function and the platform would write to CloudWatch. */
const log = (line: string): void => void process.stderr.write(`${line}\n`);

/** The settings that are set here, as the stack would set them; where it listens is no business of a function. */
function variables(notes: Run['notes']): Record<string, string> {
  const environment = readEnvironment();
  const given: Record<string, string> = {};
  for (const name of Object.keys(settings))
    if (environment[name] && name !== 'PORT' && name !== 'HOST') given[name] = environment[name];
  if (!given.SECRETS) {
    given.SECRETS = randomBytes(32).toString('base64');
    notes.push(['Secret', 'made for this run; set SECRETS to keep tokens valid']);
  }
  return given;
}

async function run(options: Options): Promise<void> {
  const stack = readStack(options.function);
  const zip = join('bundle', `${options.function}.zip`);
  if (!existsSync(zip)) throw new Refusal(`There is no ${zip}. Run: npm run bundle`);
  const taskRoot = mkdtempSync(join(tmpdir(), 'farebox-lambda-'));
  const notes: Run['notes'] = [];
  try {
    unzip(zip, taskRoot);
    const { function: name, node, concurrency } = options;
    const fn = { ...stack, name, taskRoot, node, environment: variables(notes) };
    const instances = new FunctionInstances(fn, { concurrency, log });
    try {
      const signal = untilSignal();
      const work = options.event || !stack.isHttp ? invokeOnce : serveHttp;
      await work({ fn, stack, instances, options, notes }, signal);
    } finally {
      await instances.end();
    }
  } finally {
    rmSync(taskRoot, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function invokeOnce({ instances, options }: Run, signal: Promise<number>): Promise<void> {
  const result = await Promise.race([instances.invoke(readEvent(options.event)), signal]);
  if (typeof result === 'number') {
    process.exitCode = result;
    return;
  }
  say(result.payload);
  if (result.functionError) process.exitCode = 1;
}

/** @throws Refusal */
function readEvent(file: string | undefined): unknown {
  try {
    return file === undefined ? {} : JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Refusal(`--event: ${(error as Error).message}`);
  }
}

async function serveHttp(
  { fn, stack, instances, options, notes }: Run,
  signal: Promise<number>,
): Promise<void> {
  const service = services[options.door] as Service;
  const started = await Promise.race([instances.start(), signal]);
  if (typeof started === 'number') {
    process.exitCode = started;
    return;
  }
  if (started) throw new Refusal(`The function does not start. ${messageOf(started)}`);
  const lines = new RequestLines({ ...stack, frontDoor: service.price });
  const server = serve(service, instances, (served) => say(lines.add(served)));
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE'
      ? new Refusal(`127.0.0.1:${options.port} is in use. Choose another with --port.`)
      : error;
  });
  // It has started, so the URL is one.
  const { DATABASE_URL: url } = fn.environment;
  const rows: [string, string][] = [
    ['API', `http://127.0.0.1:${(server.address() as AddressInfo).port}`],
    ['Function', `${fn.name}, ${fn.memoryMb} MB, ${fn.timeoutMs / 1000} s`],
    ['Door', service.door.name],
    ['Processes', `up to ${options.concurrency}, one request at a time each, frozen in between`],
    ...(url ? [['Data', describeDatabase(url)] as [string, string]] : []),
    ...notes,
  ];
  say(
    `\n  Farebox is ready, as a function\n\n${rows.map(([name, value]) => `  ${name.padEnd(10)} ${value}\n`).join('')}`,
  );
  process.exitCode = await signal;
  server.close();
  server.closeIdleConnections();
  await once(server, 'close');
  say(lines.sum());
}

/** Of a failed INIT, with its lines: a ConfigError has one for each setting. */
function messageOf(payload: string): string {
  const { errorType, errorMessage } = JSON.parse(payload) as { errorType: string; errorMessage: string };
  return errorType === 'ConfigError' ? errorMessage : whatFailed(payload);
}

const wholeNumber = (min: number, max: number) => (given: string) => {
  const value = /^\d{1,5}$/.test(given) ? Number(given) : Number.NaN;
  if (!(value >= min && value <= max))
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  return value;
};

const program = new Command('npm run lambda --')
  .description(
    "Runs a function's real zip as AWS does: under AWS's own runtime client, one event at a time a process, frozen in " +
      'between, killed at its time-out. What HTTP calls is served on 127.0.0.1, with a line a request: INIT, duration, ' +
      'billed milliseconds, memory, dollars (us-east-1). Another function is invoked once. Settings come from the ' +
      "environment and .env. Standard error has the function's log.",
  )
  .option('--function <name>', 'a function of serverless.yml, from bundle/NAME.zip', 'api')
  .option('--port <number>', 'to listen on; 0 picks a free one', wholeNumber(0, 65_535), 3000)
  .option(
    '--concurrency <number>',
    'processes at most, as reserved concurrency limits them',
    wholeNumber(1, 1000),
    DEFAULT_CONCURRENCY,
  )
  .addOption(
    new Option('--door <name>', 'the service in front')
      .choices(Object.keys(services))
      .default('api-gateway-v2'),
  )
  .option('--event <file>', 'invoke it once with this JSON and print the result')
  .option('--node <program>', 'the Node.js that runs the function; this one without it')
  .addHelpText('after', '\nExit codes: 0 ended by SIGTERM or done, 1 failed, 2 wrong usage, 130 interrupted.')
  .allowExcessArguments(false)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(run);

await runProgram(program);
