import { type Config, isLoopback } from './config.js';

/** What a person wants to know after the start; a log collector gets the warnings as JSON lines. */
export function banner(config: Config, port: number): string {
  const host =
    isLoopback(config.host) || config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host;
  const base = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  if (config.mode === 'production') {
    const time = new Date().toISOString();
    return config.warnings.map((message) => `${JSON.stringify({ level: 'warn', time, message })}\n`).join('');
  }
  const rows = [
    ['API', `${base}/v1/users`],
    ...(config.hasDocs ? [['Documents', `${base}/docs  (${base}/openapi.json)`]] : []),
    ['Health', `${base}/health/ready`],
    ['Data', config.databaseUrl.replace(/^file:/, '')],
    ['Mode', 'development, open to this machine only; the first user to sign up is admin'],
    ...config.warnings.map((warning) => ['Warning', warning]),
  ];
  return `\n  Farebox is ready\n\n${rows.map(([name = '', value]) => `  ${name.padEnd(10)} ${value}\n`).join('')}\n`;
}
