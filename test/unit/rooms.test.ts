/** The house: its rooms, and whom each may import. Moving a wall is a decision: record it in docs/decisions. */
import ts from 'typescript';
import { expect, it } from 'vitest';
import { lacksInject, places, roomOf, sources } from '../support/sources.js';

/** All but GROUND may import every GROUND file as well. */
const house = `
  ENTRY    main.ts         -> cluster, serve.ts, banner.ts, environment.ts, end-on-signals.ts, log-line.ts, start-failure.ts
  ENTRY    cluster         -> serve.ts, banner.ts, environment.ts, end-on-signals.ts, log-line.ts, start-failure.ts, metering
  ENTRY    serve.ts        -> app.ts
  ENTRY    cli             -> environment.ts, users, auth, database, cost
  ENTRY    lambda          -> app.ts, inbound, database
  ENTRY    race            -> app.ts, lab
  ENTRY    banner.ts       ->
  ENTRY    environment.ts  ->
  ENTRY    end-on-signals.ts ->
  ENTRY    log-line.ts     ->
  ENTRY    start-failure.ts -> database
  BUILD    app.ts          -> app.module.ts, auth, inbound, database, metering
  BUILD    app.module.ts   -> users, gateway, sim, lab, classic, auth, inbound, limits, database, metering
  FEATURE  users           -> idempotency, auth, limits, inbound, database, metering
  FEATURE  gateway         -> outbound, auth, inbound
  FEATURE  sim             -> auth, inbound
  FEATURE  lab             -> workloads, cost, outbound, auth, inbound, metering
  FEATURE  classic         -> workloads, outbound, auth, inbound, metering
  TOOL     workloads       -> metering
  TOOL     cost            ->
  TOOL     idempotency     -> auth, inbound, database
  TOOL     outbound        -> limits, metering
  TOOL     auth            -> limits, database, metering
  TOOL     inbound         -> auth, database, metering
  TOOL     limits          -> database, metering
  TOOL     database        -> metering
  TOOL     metering        ->
  GROUND   operation.ts    -> problem.ts
  GROUND   email.ts        -> text.ts
  GROUND   config.ts       -> database-url.ts, nearest-name.ts, parse-url.ts, target-list.ts
  GROUND   database-url.ts -> parse-url.ts
  GROUND   parse-url.ts    ->
  GROUND   target-list.ts  -> recent-map.ts
  GROUND   nearest-name.ts ->
  GROUND   recent-map.ts   ->
  GROUND   problem.ts      ->
  GROUND   text.ts         ->
  GROUND   rule-texts.ts   ->
  GROUND   private-folder.ts ->`;

/** Packages with one home. */
const homes: [RegExp, string][] = [
  [/^(@prisma\/|@?libsql|pg$|mariadb$)/, 'database'],
  [/^(@node-rs\/argon2|jose)$/, 'auth'],
  [/^@nestjs\/swagger$/, 'inbound'],
  [/^(axios|ipaddr\.js)$/, 'outbound'],
  [/^commander$/, 'cli'],
  [/^serverless-http$/, 'lambda'],
  [/^prom-client$/, 'metering'],
  [/^rate-limiter-flexible/, 'limits'],
  [/^piscina$/, 'workloads'],
];

const kinds = ['ENTRY', 'BUILD', 'FEATURE', 'TOOL', 'GROUND'];
const rooms = [...house.matchAll(/(\w+) +(\S+) +->(.*)/g)].map(([, kind = '', name = '', arrows = '']) => ({
  name,
  kind,
  imports: arrows.split(', ').map((arrow) => arrow.trim()),
}));
const roomNamed = (name: string) => rooms.find((room) => room.name === name);
const kindOf = (name: string) => roomNamed(name)?.kind ?? 'unknown';

it('has the rooms that are drawn here, and no others', () => {
  expect([...new Set(sources.map(({ room }) => room))].sort()).toEqual(rooms.map(({ name }) => name).sort());
});

it('is drawn so that imports go down, and a feature imports no feature', () => {
  for (const { name, kind, imports } of rooms)
    for (const other of imports.filter(Boolean)) {
      const steps = kinds.indexOf(kindOf(other)) - kinds.indexOf(kind);
      expect(steps, `${name} -> ${other}`).toBeGreaterThanOrEqual(kind === 'FEATURE' ? 1 : 0);
    }
});

const wrongImports = (isWrong: (from: string, imported: string) => boolean) =>
  sources.flatMap(({ path, room, imports }) =>
    imports.filter((name) => isWrong(room, name)).map((name) => `src/${path} imports ${name}`),
  );

it('imports only along the arrows', () => {
  const isAllowed = (from: string, to: string) =>
    from === to ||
    roomNamed(from)?.imports.includes(to) ||
    (kindOf(to) === 'GROUND' && kindOf(from) !== 'GROUND');
  expect(wrongImports((from, name) => name.startsWith('./') && !isAllowed(from, roomOf(name)))).toEqual([]);
});

it('keeps each heavy package in one room', () => {
  expect(
    wrongImports((from, name) => homes.some(([packages, home]) => packages.test(name) && home !== from)),
  ).toEqual([]);
});

it('speaks raw SQL in the database room only', () => {
  const isRaw = (node: ts.Node) => ts.isIdentifier(node) && /^\$(query|execute)Raw/.test(node.text);
  expect(places((node, { room }) => isRaw(node) && room !== 'database')).toEqual([]);
});

it('reads the environment in entries only', () => {
  const isEnv = (node: ts.Node) => ts.isPropertyAccessExpression(node) && node.getText() === 'process.env';
  expect(places((node, { room }) => isEnv(node) && kindOf(room) !== 'ENTRY')).toEqual([]);
});

it('says what it injects: a class that Nest makes has @Inject on each constructor parameter', () => {
  expect(places(lacksInject)).toEqual([]);
});

it('names things after what they are, and exports them by that name', () => {
  const vague = /\b(index|utils?|helpers?|common|core|shared)\b/;
  expect(sources.map(({ path }) => path).filter((path) => vague.test(path))).toEqual([]);
  const isVagueClass = (node: ts.Node) =>
    ts.isClassDeclaration(node) && /(Impl|Manager)$|^Base[A-Z]/.test(node.name?.text ?? '');
  const isDefault = (node: ts.Node) =>
    ts.isExportAssignment(node) || node.kind === ts.SyntaxKind.DefaultKeyword;
  expect(places((node) => isVagueClass(node) || isDefault(node))).toEqual([]);
});
