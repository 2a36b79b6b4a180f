// @ts-check
/**
 * Pascal's triangle, a row a line, as a stream: a row is made when there is room for it on the way to whoever reads, so
 * memory holds two rows however many are asked for. From the 58th row on they are more than a double can count to, so they
 * are BigInts, and strings in JSON, which every reader keeps exact.
 * node examples/pascal-stream.js [--rows 10], or with --port 3004 over HTTP: /?rows=10
 */
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';

/** The last row of so many has numbers of 300 digits. */
const MAX_ROWS = 1_000;

async function* lines(/** @type {number} */ rows) {
  let row = [1n];
  for (let n = 1; n <= rows; n += 1) {
    yield `${JSON.stringify(row.map(String))}\n`;
    row = [1n, ...row.slice(1).map((number, index) => number + /** @type {bigint} */ (row[index])), 1n];
  }
}

/** @throws {RangeError} */
function rowsOf(/** @type {string} */ text) {
  const rows = Number(text);
  if (!/^\d{1,4}$/.test(text) || rows < 1 || rows > MAX_ROWS)
    throw new RangeError(`rows takes 1 to ${MAX_ROWS}, not "${text}"`);
  return rows;
}

/** A reader who leaves ends the stream, which ends the generator: nothing is made for nobody. */
const writeTo = (/** @type {import('node:stream').Writable} */ to, /** @type {number} */ rows) =>
  pipeline(Readable.from(lines(rows)), to).catch((error) => {
    if (!['EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET'].includes(error.code)) throw error;
  });

const server = createServer((request, response) => {
  try {
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const rows = rowsOf(searchParams.get('rows') ?? '10');
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    void writeTo(response, rows);
  } catch (error) {
    response
      .writeHead(400, { 'content-type': 'text/plain' })
      .end(`${/** @type {Error} */ (error).message}\n`);
  }
});

server.on('error', ({ message }) => {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
});
try {
  const { values } = parseArgs({
    options: { rows: { type: 'string', default: '10' }, port: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) process.stdout.write('Usage: node examples/pascal-stream.js [--rows 10 | --port 3004]\n');
  else if (values.port === undefined) await writeTo(process.stdout, rowsOf(values.rows));
  else
    server.listen(Number(values.port), '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      process.stdout.write(`http://127.0.0.1:${port}/?rows=10\n`);
    });
} catch (error) {
  process.stderr.write(`${/** @type {Error} */ (error).message}\n`);
  process.exitCode = 2;
}
