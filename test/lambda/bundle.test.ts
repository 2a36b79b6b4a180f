/** What is in the zips. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Bundled, bundled } from '../support/bundled.js';
import { unpackedZips } from '../support/unpacked-zips.js';

/** The issue's; what is loaded is read and unpacked at each cold start. */
const LIMIT_BYTES = {
  postgresql: { api: 2_000_000, stream: 2_000_000, migrate: 200_000 },
  // With nothing recorded.
  mysql: { api: 1_300_000, stream: 1_300_000, migrate: 350_000 },
};
const names = ['api', 'stream', 'migrate'] as const;

/** What only the other engines need, by the package and by words of its code. */
const ofEngines = {
  postgresql: { packages: ['pg', 'pg-protocol', 'pg-pool', 'pg-types'], code: /scram-sha-256/i },
  mysql: { packages: ['mariadb'], code: /mysql_native_password/ },
  sqlite: { packages: ['libsql', '@prisma/adapter-libsql', '@libsql/client'], code: /libsql/ },
};

const unzipped = unpackedZips();

describe.each(['postgresql', 'mysql'] as const)('for %s', (engine) => {
  let zips: Bundled;
  const contents: Record<string, { files: string[]; code: string; packages: string[] }> = {};
  const of = (name: string) => contents[name] as (typeof contents)[string];

  beforeAll(async () => {
    zips = await bundled({ engine });
    for (const name of names) {
      const { taskRoot } = unzipped({ folder: zips.folder, name }, {});
      contents[name] = {
        files: readdirSync(taskRoot, { recursive: true, encoding: 'utf8' }),
        code: readFileSync(join(taskRoot, 'function.cjs'), 'utf8'),
        packages: Object.keys(zips.reports.find((report) => report.function === name)?.packages ?? {}),
      };
    }
  }, 180_000);

  test.each(names)('%s.zip is within its limit', (name) => {
    const bytes = zips.reports.find((report) => report.function === name)?.zipBytes as number;
    expect(bytes, `${name}.zip: npm run bundle says what is in it`).toBeLessThanOrEqual(
      LIMIT_BYTES[engine][name],
    );
    // What says its size tells the truth.
    expect(readFileSync(join(zips.folder, `${name}.zip`))).toHaveLength(bytes);
  });

  test.each(names)('%s.zip holds this engine and no other', (name) => {
    const { packages, code, files } = of(name);
    for (const [other, traces] of Object.entries(ofEngines)) {
      const found = {
        packages: traces.packages.filter((it) => packages.includes(it)),
        code: traces.code.test(code),
      };
      if (other === engine) expect(found.packages, other).not.toEqual([]);
      else expect(found, other).toEqual({ packages: [], code: false });
    }
    expect(files.filter((file) => file.endsWith('migration.sql'))).not.toEqual([]);
    expect(files.filter((file) => /migrations/.test(file) && !file.includes(engine))).toEqual([]);
  });

  test('no zip holds what servers alone use: prom-client', () => {
    for (const name of names) {
      const { packages, code } = of(name);
      expect(packages).not.toContain('prom-client');
      expect(code).not.toMatch(/PROMETHEUS_CONTENT_TYPE|prom-client/);
    }
  });

  test('no zip holds Swagger or its page', () => {
    for (const name of names) {
      const { packages, code, files } = of(name);
      expect(packages.filter((it) => /swagger|@fastify\/static/.test(it))).toEqual([]);
      expect(code).not.toMatch(/swagger-ui|SwaggerModule/);
      expect(files.filter((file) => /swagger/i.test(file))).toEqual([]);
    }
  });

  test.each(names)('%s.zip has a map that leads to our sources', (name) => {
    const { taskRoot } = unzipped({ folder: zips.folder, name }, {});
    const { sources } = JSON.parse(readFileSync(join(taskRoot, 'function.cjs.map'), 'utf8'));
    expect(sources).toContain(`src/lambda/${name}.ts`);
  });

  test(engine === 'mysql' ? 'says that nothing was recorded' : 'what was recorded is in them', () => {
    const recorded = names.flatMap((name) =>
      of(name).files.filter((file) => /^query-plans|\.cache$/.test(file)),
    );
    if (engine === 'mysql') {
      expect(zips.notes).toMatch(/Nothing was recorded/);
      expect(recorded).toEqual([]);
    } else {
      expect(zips.notes).not.toMatch(/Nothing was recorded/);
      expect(recorded.sort()).toEqual([
        ...names.map(() => 'function.cjs.cache'),
        'query-plans.json',
        'query-plans.json',
      ]);
    }
  });
});
