/** The files of src/ as the compiler reads them, for rules about the code itself. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

export interface Source {
  /** Under src/. */
  path: string;
  /** The folder or file directly under src/ that it is in. */
  room: string;
  nodes: ts.Node[];
  /** What it imports, re-exports or loads: a package by name, a file of ours as `./` and its path under src/. */
  imports: string[];
}

export const sources: Source[] = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.startsWith('database/generated/'))
  .map((path) => {
    const text = readFileSync(join('src', path), 'utf8');
    const nodes = [...nodesOf(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true))];
    const imports = nodes
      .map(importedBy)
      .filter((name) => name !== undefined)
      .map((name) =>
        name.startsWith('.') ? `./${join(dirname(path), name).replace(/\.js$/, '.ts')}` : name,
      );
    return { path, room: roomOf(path), nodes, imports };
  });

/** @param path under src/, with or without `./` */
export function roomOf(path: string): string {
  return path.replace(/^\.\//, '').split('/')[0] as string;
}

/** Every place of the sources where `isWrong` holds, as a reader can find it. */
export function places(isWrong: (node: ts.Node, source: Source) => boolean): string[] {
  return sources.flatMap((source) =>
    source.nodes
      .filter((node) => isWrong(node, source))
      .map((node) => `src/${source.path}: ${node.getText().slice(0, 80)}`),
  );
}

/** A constructor parameter that Nest would fill by its type's metadata, which we do not emit. */
export function lacksInject(node: ts.Node): boolean {
  if (!ts.isParameter(node) || !ts.isConstructorDeclaration(node.parent)) return false;
  const isNests =
    ts.isClassDeclaration(node.parent.parent) && ts.getDecorators(node.parent.parent) !== undefined;
  return (
    isNests && !ts.getDecorators(node)?.some(({ expression }) => expression.getText().startsWith('Inject('))
  );
}

function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node;
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  for (const child of children) yield* nodesOf(child);
}

function importedBy(node: ts.Node): string | undefined {
  const name =
    ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
      ? node.moduleSpecifier
      : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
        ? node.argument.literal
        : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
          ? node.arguments[0]
          : undefined;
  return name && ts.isStringLiteralLike(name) ? name.text : undefined;
}
