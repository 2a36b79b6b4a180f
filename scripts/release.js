// @ts-check
/**
 * Releases what `npm run bundle` has made, in the one order that never has new code on an old schema: the migrate
 * function first, by itself; it is invoked; then the whole stack. The old code runs on the new schema meanwhile, which
 * is what expand and contract is for (docs/operations.md).
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const usage = `Usage: npm run release -- --stage NAME [--region NAME] [--param="name=value"] [--without-migrations]
Needs credentials of AWS in the environment, and the zips of npm run bundle. Without --region, AWS_REGION says it.
--without-migrations: to go back to a release before (a schema is never taken back, and old code does not migrate a newer
one), or to take over a new database URL before the next migration.
Exit codes: 0 released, 1 a step failed and no later one was begun, 2 wrong usage.
`;

/** osls' words for a function that is not in the account: the first release of a stage. */
const NOT_YET_DEPLOYED = 'is not yet deployed';

/**
 * For the invocation of migrate: osls would hang up after 120 s and invoke it up to four times more, beside the first,
 * which goes on. Once only, and waited for beyond the function's own 300 s (serverless.yml).
 */
const INVOKE_ONCE = {
  AWS_CLIENT_TIMEOUT: process.env.AWS_CLIENT_TIMEOUT ?? '330000',
  SLS_AWS_REQUEST_MAX_RETRIES: '0',
};

/** @returns {never} */
function refuse(/** @type {string} */ message) {
  process.stderr.write(`error: ${message}\n${usage}`);
  process.exit(2);
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        stage: { type: 'string' },
        region: { type: 'string', default: process.env.AWS_REGION },
        param: { type: 'string', multiple: true, default: [] },
        'without-migrations': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return refuse(/** @type {Error} */ (error).message);
  }
}

const { stage, region, param, help, 'without-migrations': isWithoutMigrations } = readArguments();
if (help) {
  process.stdout.write(usage);
  process.exit(0);
}
if (!stage) refuse('which --stage?');
// osls has a default; AWS's command line, by which the secret was made, has others, and the two have to meet.
if (!region) refuse('which --region? Or set AWS_REGION.');
const where = ['--stage', stage, '--region', region, ...param.flatMap((one) => ['--param', one])];

/** @returns {never} */
function giveUp(/** @type {string} */ message) {
  process.stderr.write(`Not released: ${message}\n`);
  process.exit(1);
}

/**
 * Runs osls to its end.
 * @param {'inherit' | 'pipe'} output shown as it comes, or to be read
 * @param {string[]} command
 * @param {Record<string, string>} [settings] besides those of the environment
 */
function serverless(output, command, settings) {
  process.stdout.write(`== serverless ${command.join(' ')}\n`);
  const done = spawnSync('serverless', [...command, ...where], {
    encoding: 'utf8',
    stdio: ['ignore', output, output],
    env: { ...process.env, ...settings },
  });
  if (done.error)
    giveUp(
      `cannot run serverless (${done.error.message}): it comes with npm ci, and npm run release finds it.`,
    );
  return done;
}

/**
 * A step without which no later one may be.
 * @param {string[]} command
 * @param {Record<string, string>} [settings]
 * @param {string} [advice]
 */
function must(command, settings, advice = '') {
  if (serverless('inherit', command, settings).status !== 0)
    giveUp(`"serverless ${command.join(' ')}" failed.${advice}`);
}

/** It still has the URL that the stack was last deployed with: only the stack takes over a new one. */
const STALE_URL =
  '\nWhen the database URL is a new one, release --without-migrations first, then once more as usual.';

const migrate = () => must(['invoke', '--function', 'migrate', '--data', '{}'], INVOKE_ONCE, STALE_URL);
// With --force also when nothing has changed, so that new values of secrets are taken over.
const deploy = () => must(['deploy', '--force']);

if (isWithoutMigrations) {
  deploy();
} else {
  const { status, stdout, stderr } = serverless('pipe', ['deploy', 'function', '--function', 'migrate']);
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  if (status === 0) {
    migrate();
    deploy();
  } else if ((stdout + stderr).includes(NOT_YET_DEPLOYED)) {
    // Nobody calls an API that is only now made: until it is migrated it answers 503 MIGRATIONS_PENDING.
    deploy();
    migrate();
  } else {
    giveUp('the migrate function could not be brought up to date.');
  }
}
process.stdout.write(`Released to ${stage}.\n`);
