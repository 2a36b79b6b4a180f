/**
 * One JSON line an event on stdout (pino, as Fastify ships it). Levels have a meaning:
 * error = somebody must act; warn = worth a look; info = what happened; debug = for the developer.
 */
import type { LoggerService } from '@nestjs/common';
import type { FastifyBaseLogger, FastifyServerOptions } from 'fastify';
import type { Config } from '../config.js';

/** Where a secret could hide in what we log; each is replaced before the line is written. */
const redactedPaths = ['password', 'currentPassword', 'passwordHash', 'refreshToken', 'accessToken'].flatMap(
  (name) => [name, `*.${name}`, `*.*.${name}`],
);

export function loggerOptions(
  { logLevel, isFunction }: Pick<Config, 'logLevel' | 'isFunction'>,
  worker?: number,
): FastifyServerOptions['logger'] {
  return {
    level: logLevel,
    // Pino writes by itself in the background, and a function is frozen with its answer; this writes at once.
    ...(isFunction && { stream: process.stdout }),
    base: worker === undefined ? null : { worker },
    messageKey: 'message',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: {
      paths: [
        ...redactedPaths,
        'headers.authorization',
        'headers.cookie',
        '*.headers.authorization',
        '*.headers.cookie',
      ],
      censor: '[redacted]',
    },
  };
}

/** Lets Nest write into the same log. Its start-up chatter is for developers: debug. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: FastifyBaseLogger) {}

  log(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }
  error(message: unknown, stack?: string, context?: string): void {
    this.logger.error({ context, stack }, String(message));
  }
  warn(message: unknown, context?: string): void {
    this.logger.warn({ context }, String(message));
  }
  debug(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }
  verbose(message: unknown, context?: string): void {
    this.logger.trace({ context }, String(message));
  }
  fatal(message: unknown, context?: string): void {
    this.logger.fatal({ context }, String(message));
  }
}
