// @ts-check
/**
 * Stands in for the runtime client's native part (`rapid-client.node`), which needs a C++ build: next, done and error
 * over HTTP. The native `done` and `error` block until the Runtime API has answered; here `next` waits for them. As
 * there, what the Runtime API answers to them is not looked at.
 */
const { Agent, request } = require('node:http');
const Module = require('node:module');

const [hostname, port] = (process.env.AWS_LAMBDA_RUNTIME_API ?? '').split(':');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/**
 * @param {string} method
 * @param {string} path
 * @param {string} [body]
 * @returns {Promise<{ bodyJson: string, headers: import('node:http').IncomingHttpHeaders }>}
 */
const send = (method, path, body = '') =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const options = {
      hostname,
      port,
      agent,
      method,
      path: `/2018-06-01/runtime/invocation/${path}`,
      headers,
    };
    const sent = request(options, (answer) => {
      /** @type {Buffer[]} */
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk)).on('error', reject);
      answer.on('end', () =>
        resolve({ bodyJson: Buffer.concat(chunks).toString(), headers: answer.headers }),
      );
    });
    sent.on('error', reject).end(body);
  });

/** @type {Promise<unknown>} */
let posted = Promise.resolve();

const client = {
  next: () => posted.then(() => send('GET', 'next')),
  /** @param {string} id @param {string} response */
  done: (id, response) => {
    posted = send('POST', `${id}/response`, response);
  },
  /** @param {string} id @param {string} error */
  error: (id, error) => {
    posted = send('POST', `${id}/error`, error);
  },
};

/** @type {typeof Module & { _load(name: string, ...rest: unknown[]): unknown }} */
const loader = /** @type {any} */ (Module);
const load = loader._load;
loader._load = (name, ...rest) => (name === './rapid-client.node' ? client : load(name, ...rest));
