import { createRequire } from 'node:module';
import type { Plugin } from 'rolldown';

/** Generated checks of options that the tests have seen accepted; it also fills in the defaults. */
const { defaultInitOptions } = createRequire(import.meta.url)('fastify/lib/config-validator.js') as {
  defaultInitOptions: object;
};
const fillDefaults = `
  const defaults = ${JSON.stringify(defaultInitOptions)};
  module.exports = (options) => {
    for (const [name, value] of Object.entries(defaults)) options[name] ??= value;
    return true;
  };
  module.exports.defaultInitOptions = defaults;`;

/** What the dependencies load and this application never uses, each with the reason why it may be missing. */
const unused: readonly (readonly [name: RegExp, why: string, instead?: string])[] = [
  [/^follow-redirects$/, 'axios is told to follow none'],
  [/^https-proxy-agent$/, 'axios is told to use no proxy', 'module.exports = class HttpsProxyAgent {};'],
  [/^proxy-from-env$/, 'axios is told to use no proxy'],
  [/^\.\.\/helpers\/shouldBypassProxy\.js$/, 'axios is told to use no proxy'],
  [/^\.\/xhr\.js$/, 'axios is told to speak by node:http', 'export default undefined;'],
  [/^\.\/fetch\.js$/, 'axios is told to speak by node:http', 'export const getFetch = undefined;'],
  [/^form-data$/, 'outbound bodies are bytes', 'module.exports = class FormData {};'],
  [/^@fastify\/middie$/, 'skipMiddie: there is no Express-style middleware'],
  [
    /^@fastify\/(ajv-compiler|fast-json-stringify-compiler)$/,
    'zod checks what comes in; routes have no JSON schemas',
  ],
  [/^light-my-request$/, 'inject() is for tests'],
  [/^(node:)?http2$/, 'it is spoken in front of a function'],
  [/^(node:)?https$/, 'TLS ends in front of a function'],
  [/^thread-stream$/, 'pino writes to stdout itself'],
  [/^sonic-boom$/, 'pino writes to stdout, which it is given', 'module.exports = class SonicBoom {};'],
  [
    /^safe-stable-stringify$/,
    'what is logged has no circles; pino says so itself where there is one',
    'exports.configure = () => JSON.stringify;',
  ],
  [/^(node:)?worker_threads$/, 'there is one thread', 'exports.isMainThread = true;'],
  [/^\.\/config-validator$/, 'the options are those that the tests ran with', fillDefaults],
  [/^\.\/azure$/, 'serverless-http knows another cloud too'],
  [/^safe-regex2$/, 'no route has a regular expression', 'module.exports = () => true;'],
  [/^\.\/native$/, 'pg is told to speak for itself'],
  [/^pg-connection-string$/, 'database-url.ts reads the URL'],
  [
    /^@prisma\/debug$/,
    'nobody looks at the history of statements that it keeps',
    'export const Debug = () => () => undefined;',
  ],
  [
    /^pgpass$/,
    'the URL has the password; a function has no home to look for one',
    'module.exports = (_, done) => done();',
  ],
  [/^\.\/(lib\/)?(multistream|transport)$/, 'pino writes to stdout itself'],
  [/^\.\/security\/(cross-origin-protection|security-headers)\.js$/, "answers' headers are the API's own"],
  [/^\.\/lib\/compiler$/, 'the router is not told to compile itself'],
  [/^\.\/(lib\/)?pretty-print$/, 'nobody asks the router for its routes'],
  [
    /\/(to-json-schema|json-schema-processors)\.js$/,
    'zod checks; what it would tell of itself is in the document that was made with the bundle',
    'module.exports = new Proxy({}, { get: (target, key) => (key === "__esModule" ? true : () => undefined) });',
  ],
  [
    /^\.\/(parse-(array|bool|date|enum|float|int)|default-value)\.pipe\.js$/,
    "parameters are checked by the API's own pipe",
    'export {};',
  ],
  [/^mime-types$/, 'media types are asked for by their full names'],
  [
    /^semver$/,
    'plug-ins that fit this Fastify: the tests ran with the same ones',
    'exports.satisfies = () => true;',
  ],
];

/** What calls out needs it. */
const needsTls = (id: string, importer: string): boolean => /^(node:)?https$/.test(id) && callsOut(importer);
const callsOut = (importer: string): boolean => /\/(src\/outbound|axios)\//.test(importer);

/** What is called after all says that it is missing. */
const absent = (message: string) => `
  const fail = function () { throw new Error(${JSON.stringify(message)}); };
  module.exports = new Proxy(function () {}, {
    apply: fail,
    construct: fail,
    get: (target, key) => (key === 'default' || key === '__esModule' ? undefined : fail),
  });`;

export function leaveOut(): Plugin {
  const prefix = '\0left-out:';
  const find = (id: string) => unused.find(([name]) => name.test(id));
  return {
    name: 'leave-out',
    resolveId: (id, importer = '') => (find(id) && !needsTls(id, importer) ? `${prefix}${id}` : undefined),
    load(id) {
      const name = id.startsWith(prefix) ? id.slice(prefix.length) : undefined;
      const [, why, instead] = (name !== undefined && find(name)) || [];
      return why === undefined ? undefined : (instead ?? absent(`${name} is not in the bundle: ${why}`));
    },
  };
}
