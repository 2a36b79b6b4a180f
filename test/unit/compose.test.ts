/** What can be known of compose.yaml and of the Dockerfile without an engine to run them. */
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DCLinter } from 'dclint';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { readConfig, settings } from '#dist/config.js';
import { parseDatabaseUrl } from '#dist/database-url.js';
import { makeFolder, secrets } from '../support/app.js';

interface Service {
  command?: string[];
  environment: Record<string, string | null>;
  ports?: string[];
  stop_grace_period?: string;
}

const text = readFileSync('compose.yaml', 'utf8');
const dockerfile = readFileSync('Dockerfile', 'utf8');
const { services } = parse(text, { merge: true }) as { services: Record<'api' | 'migrate', Service> };

describe('compose.yaml', () => {
  test('is what the Compose Specification allows', async () => {
    expect(await complaints(text)).toEqual([]);
  });

  test.each([
    [
      'a misspelt property',
      'stop_grace_period:',
      'stop_grace_periode:',
      'must NOT have additional properties',
    ],
    ['an unknown condition', '_completed_successfully', '_succeeded', '/services/api/depends_on'],
    ['a port open to every address', '127.0.0.1:${PORT', '${PORT', 'without specifying the interface'],
    ['an image of whatever version', 'mysql:8.4', 'mysql', 'concrete version tag'],
  ])('would be refused with %s', async (_what, right, wrong, complaint) => {
    expect(text).toContain(right);
    expect((await complaints(text.replace(right, wrong))).join('\n')).toContain(complaint);
  });

  test('has no secret of its own: each is asked for', () => {
    const without = ['SECRETS', 'DATABASE_PASSWORD'];
    for (const name of without) expect(() => filled(text, { ...given, [name]: '' })).toThrow(`${name}: set`);
    const secretLines = text.split('\n').filter((line) => /^ +\w*(SECRET|PASSWORD)\w*: /.test(line));
    expect(secretLines.length).toBeGreaterThanOrEqual(3);
    for (const line of secretLines) expect(line).toMatch(/\$\{\w+:\?|MYSQL_RANDOM_ROOT_PASSWORD/);
  });

  test.each(['api', 'migrate'] as const)('gives %s an environment that can be used', (name) => {
    expect(Object.keys(services[name].environment).filter((key) => !(key in settings))).toEqual([]);
    const config = readConfig({ NODE_ENV: 'production', ...environmentOf(name, given) });
    expect(parseDatabaseUrl(config.database.url)).toMatchObject({ host: 'postgres', tls: 'off' });
  });

  test('takes the URL of its MySQL as the comment writes it', () => {
    const url = /DATABASE_URL=(mysql:\S+)/.exec(text.replace('(the password again)', 'word'))?.[1] as string;
    const { DATABASE_URL } = environmentOf('api', { ...given, DATABASE_URL: url });
    expect(parseDatabaseUrl(DATABASE_URL as string)).toMatchObject({ host: 'mysql', tls: 'off' });
  });

  test('gives answers in flight the time that the server gives them', () => {
    const [, limitMs] =
      /SHUTDOWN_LIMIT_MS = ([\d_]+);/.exec(readFileSync('src/end-on-signals.ts', 'utf8')) ?? [];
    const graceS = Number(/^(\d+)s$/.exec(services.api.stop_grace_period ?? '')?.[1]);
    expect(graceS * 1_000).toBeGreaterThan(Number(limitMs?.replaceAll('_', '')));
  });
});

test('what the image and its services run is there', () => {
  const [, image] = /^CMD (\[.+\])$/m.exec(dockerfile) ?? [];
  for (const [node, program] of [JSON.parse(image as string), services.migrate.command] as string[][]) {
    expect(node).toBe('node');
    expect(existsSync(program as string), program).toBe(true);
  }
});

/** The official schema of the specification (kept in dclint), then its rules, less those of taste. */
async function complaints(composeText: string): Promise<string[]> {
  const folder = await makeFolder();
  onTestFinished(folder.remove);
  const path = join(folder.path, 'compose.yaml');
  await writeFile(path, composeText);
  const linter = new DCLinter({
    rules: {
      // Biome decides which quotes.
      'require-quotes-in-ports': 0,
      'service-dependencies-alphabetical-order': 0,
      'service-keys-order': 0,
      'services-alphabetical-order': 0,
      'top-level-properties-order': 0,
    },
    quiet: true,
    debug: false,
    exclude: [],
  });
  // The package's own type of them does not reach us: it is imported without its ending.
  const results: { messages: { message: string }[] }[] = linter.lintFiles([path], false);
  return results.flatMap(({ messages }) => messages.map(({ message }) => message));
}

const given = { SECRETS: secrets[0], DATABASE_PASSWORD: 'word' };

/** As Compose fills in variables, the innermost first: ${NAME}, ${NAME:-default}, ${NAME:?complaint}. */
function filled(value: string, variables: Record<string, string>): string {
  const next = value.replace(/\$\{(\w+)(?::([-?])([^{}]*))?\}/g, (_whole, name, sign, rest) => {
    if (variables[name]) return variables[name];
    if (sign === '?') throw new Error(`${name}: ${rest}`);
    return rest ?? '';
  });
  return next === value ? value : filled(next, variables);
}

function environmentOf(name: 'api' | 'migrate', variables: Record<string, string>): Record<string, string> {
  const set = Object.entries(services[name].environment).filter(([, value]) => value !== null);
  return Object.fromEntries(set.map(([key, value]) => [key, filled(value as string, variables)]));
}
