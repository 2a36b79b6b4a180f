// @ts-check
import { parseArgs } from 'node:util';

/**
 * Lets a server listen on loopback, on the port that `--port` names (0: one that is free), and says where. Ends the
 * process after `--help` (code 0), after wrong usage (2), and where the port is taken (1).
 */
export function listen(
  /** @type {import('node:net').Server} */ server,
  /** @type {string} */ about,
  /** @type {number} */ defaultPort,
) {
  const usage = `${about}\nUsage: node ${process.argv[1]} [--port ${defaultPort}]\n`;
  const leave = (/** @type {number} */ code, /** @type {string} */ words) => {
    process[code === 0 ? 'stdout' : 'stderr'].write(words);
    process.exit(code);
  };
  server.on('error', ({ message }) => leave(1, `${message}\n`));
  server.on('listening', () => {
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    process.stdout.write(`http://127.0.0.1:${port}/\n`);
  });
  try {
    const { values } = parseArgs({ options: { port: { type: 'string' }, help: { type: 'boolean' } } });
    if (values.help) leave(0, usage);
    server.listen(Number(values.port || defaultPort), '127.0.0.1');
  } catch (error) {
    leave(2, `${/** @type {Error} */ (error).message}\n${usage}`);
  }
}
