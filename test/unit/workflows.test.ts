/** What can be known of the pipeline without running it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

interface Step {
  uses?: string;
  run?: string;
}

interface Job {
  uses?: string;
  with?: Record<string, unknown>;
  needs?: string | string[];
  environment?: string;
  permissions?: Record<string, string>;
  'timeout-minutes'?: number;
  steps?: Step[];
}

interface Workflow {
  on: Record<string, { inputs?: Record<string, { required?: boolean }> } | null>;
  permissions: Record<string, string>;
  jobs: Record<string, Job>;
}

const folder = '.github/workflows';
const files = readdirSync(folder);
const read = (file: string) => readFileSync(`${folder}/${file}`, 'utf8');
const workflow = (file: string) => parse(read(file)) as Workflow;
const scripts = JSON.parse(readFileSync('package.json', 'utf8')).scripts as Record<string, string>;

describe.each(files)('%s', (file) => {
  const { jobs, permissions } = workflow(file);

  test('takes others’ actions by commit, and says which version that is', () => {
    const lines = read(file).match(/uses: .+/g) ?? [];
    const loose = lines.filter(
      (line) => !/^uses: [\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line),
    );
    expect(loose.filter((line) => !line.startsWith('uses: ./'))).toEqual([]);
  });

  test('may read the code and nothing else, but for a token where it deploys', () => {
    expect(permissions).toEqual({ contents: 'read' });
    const allowed = Object.values(jobs).flatMap((job) => (job.permissions ? [job.permissions] : []));
    for (const each of allowed) expect(each).toEqual({ contents: 'read', 'id-token': 'write' });
    expect(allowed.length > 0).toBe(file !== 'test.yml');
  });

  test('writes no expression into a shell script, where its value would be code', () => {
    const steps = Object.values(jobs).flatMap((job) => job.steps ?? []);
    expect(steps.filter(({ run }) => run?.includes('${' + '{'))).toEqual([]);
  });

  test('bounds each job, and runs only what there is', () => {
    for (const job of Object.values(jobs)) {
      if (job.uses === undefined) expect(job['timeout-minutes']).toBeGreaterThan(0);
      for (const { run = '' } of job.steps ?? []) {
        for (const [, script = ''] of run.matchAll(/npm run ([\w:]+)/g))
          expect(scripts).toHaveProperty(script);
        for (const [path] of run.matchAll(/^\.ci\/\w+/gm)) expect(existsSync(path), path).toBe(true);
      }
      for (const needed of [job.needs ?? []].flat()) expect(jobs).toHaveProperty(needed);
    }
  });

  test('hands each workflow that it calls the inputs that this one asks for', () => {
    for (const { uses, with: given = {} } of Object.values(jobs)) {
      if (uses === undefined) continue;
      const { on } = parse(readFileSync(uses, 'utf8')) as Workflow;
      expect(Object.keys(on)).toContain('workflow_call');
      expect(Object.keys(given).sort()).toEqual(Object.keys(on.workflow_call?.inputs ?? {}).sort());
    }
  });
});

test('prod gets what has been tested, packaged and released to dev, once its environment lets it', () => {
  const { jobs } = workflow('deploy.yml');
  expect(jobs.package?.needs).toBe('test');
  expect(jobs.dev?.needs).toBe('package');
  expect(jobs.prod?.needs).toBe('dev');
  expect(workflow('release.yml').jobs.release?.environment).toMatch(/inputs\.stage/);
});

test('nothing is installed or built while there are credentials', () => {
  const steps = workflow('release.yml').jobs.release?.steps ?? [];
  const at = steps.findIndex(({ uses }) => uses?.includes('configure-aws-credentials'));
  expect(at).toBeGreaterThan(0);
  for (const { run = '' } of steps.slice(at)) expect(run).not.toMatch(/npm (ci|install)|run (build|bundle)/);
});
