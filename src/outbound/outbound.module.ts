import { Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { CONFIG, type Config } from '../config.js';
import { Metrics } from '../metering/metrics.js';
import { Outbound } from './outbound.js';
import type { OwnServer } from './target-rules.js';

/** Where development's own simulator can be called: at the address that the server listens on. */
function ownServerOf({ mode }: Config, { httpAdapter }: HttpAdapterHost): OwnServer {
  if (mode === 'production') return () => undefined;
  return () => {
    const bound = httpAdapter.getHttpServer().address() as { address: string; port: number } | null;
    if (!bound) return undefined;
    const { port } = bound;
    const address = bound.address.replace(/^0\.0\.0\.0$/, '127.0.0.1').replace(/^::$/, '::1');
    return { address, port };
  };
}

@Module({
  providers: [
    {
      provide: Outbound,
      useFactory: (config: Config, host: HttpAdapterHost, metrics: Metrics) =>
        new Outbound(config.outbound, ownServerOf(config, host), metrics),
      inject: [CONFIG, HttpAdapterHost, Metrics],
    },
  ],
  exports: [Outbound],
})
export class OutboundModule {}
