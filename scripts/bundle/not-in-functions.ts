import { fileURLToPath } from 'node:url';
import type { Plugin } from 'rolldown';

const PREFIX = '\0not-in-functions:';

/** Our own parts that a function never comes to, by what they export. */
const unused: readonly (readonly [file: RegExp, name: string, why: string])[] = [
  [/\/openapi-page\.js$/, 'servePage', 'functions serve the document, not the page'],
  [/\/prometheus-metrics\.js$/, 'PrometheusMetrics', 'nothing can collect from a function'],
  [/\/load-shedding\.js$/, 'shedLoad', 'an instance has one request at a time'],
  [/\/name-stalls\.js$/, 'nameStalls', 'an instance has one request at a time'],
  [/\/metrics\.controller\.js$/, 'MetricsController', 'nothing can collect from a function'],
  [/\/sim\.module\.js$/, 'SimModule', 'what waits and wastes is not done where each moment is paid'],
  [/\/lab\.module\.js$/, 'LabModule', 'a function has one of its own, without threads and races'],
  [/\/classic\.module\.js$/, 'ClassicModule', 'they hold the event loop on purpose'],
  [/\/local-secret\.js$/, 'localSecret', 'a function is in production, where SECRETS is required'],
];

/** Our own parts that read what the bundle has beside it. */
const standIns = ['openapi-text', 'prisma-folder'];

/**
 * Leaves out what functions do not do. `/openapi.json` comes from a file that was made with the bundle: Swagger's
 * generator is large, and slow to load.
 */
export function notInFunctions(): Plugin {
  const find = (id: string) => unused.find(([file]) => file.test(id));
  return {
    name: 'not-in-functions',
    resolveId(id) {
      const name = standIns.find((one) => id.endsWith(`/${one}.js`));
      if (name) return fileURLToPath(new URL(`stand-ins/${name}.ts`, import.meta.url));
      return find(id) ? `${PREFIX}${id}` : undefined;
    },
    load(id) {
      const [, name, why] = (id.startsWith(PREFIX) && find(id)) || [];
      return (
        name && `export function ${name}() { throw new Error(${JSON.stringify(`not bundled: ${why}`)}); }`
      );
    },
  };
}
