/** Each example as people run it: a process of its own, and real sockets where it serves. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill();
});
const start = (name: string, args: string[]) => {
  const child = spawn(process.execPath, [`examples/${name}.js`, ...args]);
  children.push(child);
  return child;
};

async function run(name: string, ...args: string[]) {
  const child = start(name, args);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code, stderr, stdout };
}

/** @returns where it serves */
async function serve(name: string): Promise<string> {
  const child = start(name, ['--port', '0']);
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  return line.trim();
}

/** Writes each part as a packet of its own, and reads until the server ends the connection. */
async function exchange(url: string, ...parts: string[]): Promise<string> {
  const client = connect(Number(new URL(url).port), '127.0.0.1').setNoDelay();
  const answer = text(client);
  for (const part of parts) {
    client.write(part);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return answer;
}

const servers = ['bare-http', 'event-loop-socket-server', 'one-at-a-time-server', 'pascal-stream'];

test('each program is tried, and named in examples/README.md', () => {
  const readme = readFileSync('examples/README.md', 'utf8');
  const programs = readdirSync('examples').filter((name) => name.endsWith('.js'));
  const tried = [...servers, 'three-tasks', 'generators', 'coroutine-runner'].map((name) => `${name}.js`);
  expect(programs.sort()).toEqual([...tried, 'http-request.js', 'listen.js'].sort());
  for (const name of tried) expect(readme).toContain(`\`${name}\``);
});

test.each([...servers, 'three-tasks'])('%s explains itself, and refuses what it cannot do', async (name) => {
  const [help, unknown, bad] = await Promise.all([
    run(name, '--help'),
    run(name, '--unknown'),
    run(name, name === 'three-tasks' ? '--ms' : '--port', 'many'),
  ]);
  expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage: node'), stderr: '' });
  for (const refused of [unknown, bad]) {
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).not.toMatch(/^\s+at /m);
  }
});

test.each(servers)('%s says that its port is taken', async (name) => {
  const { port } = new URL(await serve(name));
  expect(await run(name, '--port', port)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^listen EADDRINUSE.*\n$/),
  });
});

test('bare-http answers', async () => {
  const answer = await fetch(await serve('bare-http'));
  expect([answer.status, await answer.json()]).toEqual([200, { Hello: 'World' }]);
});

describe('event-loop-socket-server', () => {
  let url: string;
  beforeAll(async () => {
    url = await serve('event-loop-socket-server');
  });
  const last = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
  const statuses = (answer: string) => [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);

  test('serves others while answers wait', async () => {
    let ended = 0;
    const startedMs = performance.now();
    const waits = Array.from({ length: 20 }, async () => {
      const { status } = await fetch(`${url}wait?ms=3000`);
      ended += 1;
      return status;
    });
    expect((await fetch(url)).status).toBe(200);
    expect(ended).toBe(0);
    expect(new Set(await Promise.all(waits))).toEqual(new Set([200]));
    // One by one they take a minute.
    expect(performance.now() - startedMs).toBeLessThan(20_000);
  });

  test('takes requests as they come: in pieces, and several at once, answered in their order', async () => {
    expect(statuses(await exchange(url, ...last))).toEqual(['200']);
    const wait = 'GET /wait?ms=50 HTTP/1.1\r\nHost: a\r\n\r\n';
    const none = 'HEAD /none HTTP/1.1\r\nHost: a\r\n\r\n';
    const [one, rest] = [wait + none + last.slice(0, 20), last.slice(20)];
    const answer = await exchange(url, one, rest);
    expect(statuses(answer)).toEqual(['200', '404', '200']);
    expect(answer).toMatch(/\{"duration":0\.05\}\nHTTP.*404.*\r\n\r\nHTTP.*\{"Hello":"World"\}\n$/s);
  });

  test('does not take a body for a request', async () => {
    const inner = 'GET /inner HTTP/1.1\r\nHost: a\r\n\r\n';
    const post = `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`;
    expect(statuses(await exchange(url, post, last))).toEqual(['405', '200']);
  });

  test.each([
    ['400', 'GET\r\n\r\n'],
    ['400', 'GET / HTTP/1.1\r\n\r\n'],
    ['400', 'GET / HTTP/1.1\r\nHost: a\r\nNo field\r\n\r\n'],
    ['400', 'GET / HTTP/1.1\r\nHost: a\r\nA: b\nC: d\r\n\r\n'],
    ['400', 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
    ['413', 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n'],
    ['501', 'GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['431', `GET / HTTP/1.1\r\nHost: a\r\nA: ${'b'.repeat(20_000)}`],
  ])('answers %s and ends the connection after %j', async (status, bytes) => {
    expect(statuses(await exchange(url, bytes, last))).toEqual([status]);
  });
});

test('one-at-a-time-server has the second wait for the first, and the third for both', async () => {
  const url = await serve('one-at-a-time-server');
  const answers = await Promise.all(
    [1, 2, 3].map(async () => (await fetch(`${url}wait?ms=1000`)).json() as Promise<{ queuedMs: number }>),
  );
  const [first = 0, second = 0, third = 0] = answers.map(({ queuedMs }) => queuedMs).sort((a, b) => a - b);
  expect(first).toBeLessThan(second);
  // Not quite one and two seconds, where the machine stalls between their coming.
  expect(second).toBeGreaterThan(100);
  expect(third).toBeGreaterThan(1_100);
  expect((await fetch(`${url}wait?ms=never`)).status).toBe(400);
});

test('generators make what is asked for and nothing more, and clean up', async () => {
  const { code, stdout } = await run('generators');
  expect(code).toBe(0);
  expect(stdout.match(/making the square of \d/g)).toHaveLength(5);
  expect(stdout.match(/cleaned up/g)).toHaveLength(2);
  expect(stdout).toContain('9 makes the average 5\n');
});

test('coroutine-runner has tasks take turns, and throws errors in where a task stopped', async () => {
  const { code, stdout } = await run('coroutine-runner');
  expect({ code, lines: stdout.split('\n') }).toEqual({
    code: 0,
    lines: [
      'a 1',
      'b 1',
      'a 2',
      'b 2',
      'a 3',
      'steps in all: 5',
      'caught where it stopped: no connection',
      '',
    ],
  });
});

describe('pascal-stream', () => {
  /** Row 58, each number from the one before it. */
  const row58 = [1n];
  for (let k = 1; k <= 57; k += 1) row58.push(((row58[k - 1] as bigint) * BigInt(58 - k)) / BigInt(k));

  test('writes exact rows', async () => {
    const { code, stdout } = await run('pascal-stream', '--rows', '58');
    const rows = stdout.trimEnd().split('\n');
    expect({ code, rows: rows.length, fifth: rows[4] }).toEqual({
      code: 0,
      rows: 58,
      fifth: '["1","4","6","4","1"]',
    });
    expect(row58[28]).toBeGreaterThan(BigInt(Number.MAX_SAFE_INTEGER));
    expect(JSON.parse(rows[57] as string)).toEqual(row58.map(String));
  });

  test('is not put out by a reader who has read enough', async () => {
    const child = start('pascal-stream', ['--rows', '1000']);
    const [, stderr, [code]] = await Promise.all([
      once(child.stdout, 'data').then(() => child.stdout.destroy()),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('streams over HTTP, and refuses other numbers of rows', async () => {
    const { origin } = new URL(await serve('pascal-stream'));
    await (await fetch(`${origin}/?rows=1000`)).body?.cancel();
    const rows = (await (await fetch(`${origin}/?rows=5`)).text()).trimEnd().split('\n');
    expect([rows.length, rows.at(-1)]).toEqual([5, '["1","4","6","4","1"]']);
    for (const wrong of ['0', '1001', '1e2', '-1', ''])
      expect((await fetch(`${origin}/?rows=${wrong}`)).status).toBe(400);
    expect((await run('pascal-stream', '--rows', '0')).code).toBe(2);
  });
});

test('three-tasks begins all at once, and they end together', async () => {
  const { code, stdout } = await run('three-tasks', '--ms', '2000');
  const [, spread, wall] = /begun within ([\d.]+) ms, over after ([\d.]+) ms/.exec(stdout) ?? [];
  expect({ code, bars: stdout.match(/\| *=+ *\|/g)?.length ?? 0 }).toEqual({ code: 0, bars: 3 });
  // One after the other they would be spread over four seconds, and over after six.
  expect(Number(spread)).toBeLessThan(3_000);
  expect(Number(wall)).toBeLessThan(5_500);
});
