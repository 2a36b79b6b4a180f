// @ts-check
/** Sends large bodies over many connections, without end: to read them takes the server's loop. Argument: its port. */
import { connect } from 'node:net';

const CONNECTIONS = 100;
const body = JSON.stringify({ name: Array.from({ length: 50_000 }, () => 1) });
const request = `POST /v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

const send = () => {
  const socket = connect(Number(process.argv[2]), '127.0.0.1', () => socket.write(request));
  // On the same connection: a new one for each would use up the machine's ports.
  socket.on('data', (chunk) => chunk.includes('HTTP/1.1 ') && socket.write(request));
  socket.on('error', () => {});
  socket.once('close', send);
};
for (let n = 0; n < CONNECTIONS; n++) send();
process.once('disconnect', () => process.exit());
