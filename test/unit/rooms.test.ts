/** The house: which rooms there are, and who may import whom. Moving a wall is a decision; record it in docs/decisions. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/** Each room and the rooms it may import; ground files may be imported from everywhere. */
const rooms: Record<string, string[] | 'everything'> = {
  // entries
  'main.ts': ['app.ts', 'banner.ts', 'environment.ts'],
  'banner.ts': [],
  'environment.ts': [],
  cli: ['environment.ts', 'users', 'auth', 'database'],
  // build
  'app.ts': 'everything',
  'app.module.ts': 'everything',
  // features: never import each other
  users: ['database', 'auth'],
  // tools
  auth: ['database', 'metering'],
  inbound: ['auth', 'metering', 'database'],
  database: ['metering'],
  metering: [],
};
const ground = ['config.ts', 'problem.ts', 'email.ts', 'text.ts', 'operation.ts'];

/** Packages with one home. */
const homes: Record<string, string> = {
  '@prisma/': 'database',
  libsql: 'database',
  '@node-rs/argon2': 'auth',
  jose: 'auth',
  commander: 'cli',
  '@nestjs/swagger': 'inbound',
};

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.includes('generated'))
  .map((path) => {
    const source = ts.createSourceFile(
      path,
      readFileSync(join('src', path), 'utf8'),
      ts.ScriptTarget.Latest,
      true,
    );
    return { path, room: path.split('/')[0] as string, source, text: source.text };
  });

const importsOf = ({ source }: (typeof files)[number]): string[] => {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const isImport = ts.isImportDeclaration(node) || ts.isExportDeclaration(node);
    const isLazy = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
    const specifier = isImport ? node.moduleSpecifier : isLazy ? node.arguments[0] : undefined;
    if (specifier && ts.isStringLiteral(specifier)) found.push(specifier.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
};

describe('the house', () => {
  it('has only the rooms that are drawn here', () => {
    expect(
      [...new Set(files.map(({ room }) => room))].filter((room) => !(room in rooms || ground.includes(room))),
    ).toEqual([]);
  });

  it.each(files)('$path imports only what its room may', (file) => {
    for (const specifier of importsOf(file)) {
      if (specifier.startsWith('.')) {
        const target = normalize(join(dirname(file.path), specifier))
          .replace(/\.js$/, '.ts')
          .split('/')[0] as string;
        const allowed = ground.includes(file.room) ? [] : rooms[file.room];
        const isAllowed =
          allowed === 'everything' ||
          target === file.room ||
          ground.includes(target) ||
          allowed?.includes(target);
        expect(isAllowed, `${file.path} imports ${specifier}`).toBe(true);
      } else {
        const home = Object.entries(homes).find(([name]) => specifier.startsWith(name))?.[1];
        expect([undefined, file.room], `${file.path} imports ${specifier}, which lives in ${home}`).toContain(
          home,
        );
      }
    }
  });

  it.each(files)('$path keeps to the names and habits of the house', ({ path, room, source, text }) => {
    expect(path).not.toMatch(/(^|\/)(index|utils?|helpers?|common|core|shared)(\.ts|\/)/);
    expect(text).not.toMatch(/^export default/m);
    expect(text).not.toMatch(/(Impl|Manager|^(abstract )?class Base\w*)\b/m);
    if (room !== 'database')
      expect(text, 'raw SQL lives in the database room').not.toMatch(/\$(query|execute)Raw/);
    if (!['environment.ts', 'main.ts', 'cli'].includes(room))
      expect(text.replaceAll(/\/\*[\s\S]*?\*\//g, '')).not.toContain('process.env');
    const visit = (node: ts.Node): void => {
      if (ts.isClassDeclaration(node) && ts.getDecorators(node)?.length)
        for (const member of node.members.filter(ts.isConstructorDeclaration))
          for (const parameter of member.parameters)
            expect(
              ts.getDecorators(parameter) ?? [],
              `${node.name?.text}: ${parameter.getText()} lacks @Inject`,
            ).not.toEqual([]);
      ts.forEachChild(node, visit);
    };
    visit(source);
  });
});
