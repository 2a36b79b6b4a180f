/** The bad ways to a server that other tests go. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startSilentServer } from '../support/silent-server.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';

async function dial(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/** What comes next. */
const heard = async (socket: Socket): Promise<string> => String((await once(socket, 'data'))[0]);

/** What comes back. */
async function say(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  return heard(socket);
}

/** The same, where nothing is to come: undefined after a moment. */
async function sayInVain(socket: Socket, text: string): Promise<string | undefined> {
  const answer = say(socket, text);
  answer.catch(() => undefined);
  return Promise.race([answer, sleep(200).then(() => undefined)]);
}

describe('a proxy', () => {
  const echo = createServer((socket) => void socket.on('error', () => undefined).pipe(socket));
  let proxy: TcpProxy;
  let socket: Socket;
  beforeEach(async () => {
    await once(echo.listen(0, '127.0.0.1'), 'listening');
    proxy = await startTcpProxy((echo.address() as { port: number }).port);
    socket = await dial(proxy.port);
    expect(await say(socket, 'hello')).toBe('hello');
  });
  afterEach(async () => {
    socket.destroy();
    await proxy.close();
    echo.close();
  });

  test('cuts every connection and takes new ones', async () => {
    const closed = once(socket, 'close');
    proxy.cut();
    await closed;
    const next = await dial(proxy.port);
    expect(await say(next, 'again')).toBe('again');
    next.destroy();
  });

  test('refuses new connections, keeps the old, and accepts again', async () => {
    proxy.refuse();
    await expect(dial(proxy.port)).rejects.toThrow('ECONNREFUSED');
    expect(await say(socket, 'still here')).toBe('still here');
    await proxy.accept();
    (await dial(proxy.port)).destroy();
  });

  test('holds everything back while it is silent, on connections old and new, and loses none of it', async () => {
    proxy.silence();
    const next = await dial(proxy.port);
    expect(await Promise.all([sayInVain(socket, 'old'), sayInVain(next, 'new')])).toEqual([
      undefined,
      undefined,
    ]);
    const answers = Promise.all([heard(socket), heard(next)]);
    proxy.resume();
    expect(await answers).toEqual(['old', 'new']);
    next.destroy();
  });
});

test('a silent server accepts, never answers, and goes', async () => {
  const server = await startSilentServer();
  const socket = await dial(server.port);
  expect(await sayInVain(socket, 'hello?')).toBeUndefined();
  const closed = once(socket, 'close');
  await server.close();
  await closed;
  await expect(dial(server.port)).rejects.toThrow('ECONNREFUSED');
});
