const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** A line of the log as the application writes it, of a process or a moment that has no application. */
export function logLine(
  leastLevel: string,
  level: 'info' | 'warn' | 'error',
  message: string,
  fields: object = {},
): void {
  if (levels.indexOf(level) < levels.indexOf(leastLevel)) return;
  const time = new Date().toISOString();
  process.stdout.write(`${JSON.stringify({ level, time, ...fields, message })}\n`);
}
