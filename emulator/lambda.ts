/** `npm run lambda`: serves HTTP from a function's real zip, or invokes it once. 0 ended, 1 failed, 2 usage, 130 interrupted. */
import { randomBytes } from 'node:crypto';
import { Command, InvalidArgumentError, Option } from 'commander';
import { Refusal, runProgram } from '../src/cli/run-program.js';
import { readEnvironment } from '../src/environment.js';
import { deploy } from './deploy.js';
import { FunctionInstances } from './function-instances.js';
import { invokeOnce } from './invoke-once.js';
import { lentPackages } from './lent-packages.js';
import { serveUntil } from './serve-until.js';
import { type Service, services } from './services.js';
import { settingsOfFunction } from './settings-of-function.js';
import { untilSignal } from './until-signal.js';

/** What a new AWS account may run at the same time. */
const DEFAULT_CONCURRENCY = 10;

interface Options {
  function: string;
  port: number;
  concurrency: number;
  door?: string;
  event?: string;
  node: string;
}

const description = `Runs a function's real zip as AWS does: under AWS's own runtime client, one event at a time a process, frozen in
between, killed at its time-out. What HTTP calls is served on 127.0.0.1, with a line a request: INIT, duration, billed
milliseconds, memory, dollars (us-east-1). Another function is invoked once. Settings come from the environment and
.env. Standard error has the function's log.`;

/** What the function and the platform would write to CloudWatch. */
const log = (line: string): void => void process.stderr.write(`${line}\n`);

async function run({ function: name, port, concurrency, door, event, node }: Options): Promise<void> {
  const signal = untilSignal();
  const given = settingsOfFunction(readEnvironment());
  const lent = await lentPackages(node).catch((error: Error) => {
    throw new Refusal(error.message);
  });
  const secret = { SECRETS: randomBytes(32).toString('base64') };
  const deployed = deploy(name, { ...secret, ...given }, node);
  const { fn, architecture, isHttp, isStreaming, warning, remove } = deployed;
  if (warning !== undefined) log(warning);
  if (lent !== undefined)
    log(
      'This Node.js has no argon2, which functions are deployed for: the package for it is lent by NODE_PATH.',
    );
  const instances = new FunctionInstances(fn, { concurrency, log });
  const notes: [string, string][] = [
    ['Processes', `up to ${concurrency}, each with one request at a time, frozen in between`],
  ];
  if (!given.SECRETS) notes.push(['Secret', 'made for this run; set SECRETS to keep tokens valid']);
  const service = services[door ?? (isStreaming ? 'function-url-stream' : 'api-gateway-v2')] as Service;
  try {
    process.exitCode =
      isHttp && event === undefined
        ? await serveUntil(signal, instances, { fn, architecture, service, port, notes })
        : await Promise.race([invokeOnce(instances, event), signal]);
  } finally {
    await instances.end();
    remove();
  }
}

const wholeNumber = (min: number, max: number) => (given: string) => {
  const value = /^\d{1,5}$/.test(given) ? Number(given) : Number.NaN;
  if (!(value >= min && value <= max))
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  return value;
};

const program = new Command('npm run lambda --')
  .description(description.replaceAll('\n', ' '))
  .option('--function <name>', 'a function of serverless.yml, from bundle/NAME.zip', 'api')
  .option('--port <number>', 'to listen on; 0 picks a free one', wholeNumber(0, 65_535), 3000)
  .option(
    '--concurrency <number>',
    'processes at most, as reserved concurrency limits them',
    wholeNumber(1, 1000),
    DEFAULT_CONCURRENCY,
  )
  .addOption(
    new Option(
      '--door <name>',
      'the service in front; by itself api-gateway-v2, or function-url-stream where the stack has one',
    ).choices(Object.keys(services)),
  )
  .option('--event <file>', 'invoke it once with this JSON and print the result')
  .addOption(
    new Option('--node <program>', 'the Node.js that runs the function: 24, as the zip was compiled for')
      .env('NODE_24')
      .default(process.execPath, 'this one'),
  )
  .addHelpText(
    'after',
    '\nExit codes: 0 ended by SIGTERM (npm itself then says 143) or done, 1 failed, 2 wrong usage, 130 interrupted.',
  )
  .allowExcessArguments(false)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(run);

await runProgram(program);
