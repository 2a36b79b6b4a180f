import { Controller, Get, Header, Inject } from '@nestjs/common';
import { Public } from '../auth/access.guard.js';
import { Database } from '../database/database.js';
import { Documented } from '../operation.js';
import { Problem } from '../problem.js';
import { readLiveness, readReadiness } from './inbound.operations.js';

/** For load balancers and orchestrators. A word, no details: these routes are open. */
@Public()
@Controller('health')
export class HealthController {
  /** Of all who ask at the same time: the route is open and not limited. */
  #readiness: Promise<void> | undefined;

  constructor(@Inject(Database) private readonly database: Database) {}

  /** The process answers. Never asks anything else, so that a slow database gets nobody killed. */
  @Get('live')
  @Header('cache-control', 'no-store')
  @Documented(readLiveness)
  live() {
    return { status: 'ok' };
  }

  /** Requests can be served: the database answers, takes changes, and its schema is up to date. */
  @Get('ready')
  @Header('cache-control', 'no-store')
  @Documented(readReadiness)
  async ready() {
    this.#readiness ??= this.requireReady().finally(() => {
      this.#readiness = undefined;
    });
    await this.#readiness;
    return { status: 'ok' };
  }

  private async requireReady(): Promise<void> {
    await this.database.requireWritable();
    const pending = await this.database.pendingMigrations();
    if (pending.length > 0)
      throw new Problem('MIGRATIONS_PENDING', 'The database schema is not up to date.', {
        retryAfterSeconds: 5,
      });
  }
}
