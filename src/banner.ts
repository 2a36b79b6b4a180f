import { type Config, isLoopback } from './config.js';
import { describeDatabase } from './database-url.js';

/** An address that a browser on this machine can open. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

function modeLine({ host, isSignupOpen }: Config): string {
  const reach = isLoopback(host) ? 'open to this machine only' : 'OPEN TO OTHER MACHINES';
  const signUp = isSignupOpen ? 'who signs up first, from this machine, is admin' : 'sign-up is closed';
  return `development, ${reach}; ${signUp}`;
}

/** What a person wants to know after the start; a log collector gets the warnings as JSON lines. */
export function banner(config: Config, port: number): string {
  const base = `http://${reachable(config.host)}:${port}`;
  if (config.mode === 'production') {
    const time = new Date().toISOString();
    return config.warnings.map((message) => `${JSON.stringify({ level: 'warn', time, message })}\n`).join('');
  }
  const rows = [
    ['API', `${base}/v1/users`],
    ...(config.hasDocs ? [['Documents', `${base}/docs  (${base}/openapi.json)`]] : []),
    ['Health', `${base}/health/ready`],
    ['Data', describeDatabase(config.database.url)],
    ['Mode', modeLine(config)],
    ...config.warnings.map((warning) => ['Warning', warning]),
  ];
  return `\n  Farebox is ready\n\n${rows.map(([name = '', value]) => `  ${name.padEnd(10)} ${value}\n`).join('')}\n`;
}
