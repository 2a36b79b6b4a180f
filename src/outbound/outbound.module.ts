import { Logger, Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { CONFIG, type Config } from '../config.js';
import { CallHours } from '../limits/call-hours.js';
import { Metrics } from '../metering/metrics.js';
import { Outbound } from './outbound.js';
import type { OwnServer } from './target-rules.js';

/** Where development's own simulator can be called: at the address that the server listens on. */
function ownServerOf({ mode }: Config, { httpAdapter }: HttpAdapterHost): OwnServer {
  if (mode === 'production') return () => undefined;
  let bound: { address: string; port: number } | null = null;
  return () => {
    // As it was: a server that takes no more connections has none, and still has calls to make.
    bound = httpAdapter.getHttpServer().address() ?? bound;
    if (!bound) return undefined;
    const { port } = bound;
    const address = bound.address.replace(/^0\.0\.0\.0$/, '127.0.0.1').replace(/^::$/, '::1');
    return { address, port };
  };
}

const warnAlone = (error: unknown) =>
  new Logger('Outbound').warn(
    `the calls of an hour cannot be counted together; each process counts its own: ${(error as Error).message}`,
  );

@Module({
  providers: [
    {
      provide: Outbound,
      useFactory: (config: Config, host: HttpAdapterHost, metrics: Metrics, hours: CallHours) =>
        new Outbound(config.outbound, ownServerOf(config, host), metrics, {
          shared: hours,
          onAlone: warnAlone,
          // It serves one request at a time, and may be gone before it has made what it took.
          ...(config.isFunction && { block: 1 }),
        }),
      inject: [CONFIG, HttpAdapterHost, Metrics, CallHours],
    },
  ],
  exports: [Outbound],
})
export class OutboundModule {}
