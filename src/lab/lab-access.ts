import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  UseGuards,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Public } from '../auth/access.guard.js';
import { requireAdmin } from '../auth/principal.js';
import { CONFIG, type Config } from '../config.js';
import { OneByOneGuard } from '../inbound/one-by-one.guard.js';
import { Problem } from '../problem.js';

const isOpen = ({ mode }: Config): boolean => mode === 'development';

@Injectable()
class LabGuard implements CanActivate {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (!isOpen(this.config)) requireAdmin(request.principal);
    else if (isOfAnotherSite(request, this.config))
      throw new Problem('FORBIDDEN', 'Pages of other sites may not use the lab; CORS_ORIGINS lets them.');
    return true;
  }
}

/**
 * Where no token is asked for, any page that a developer looks at could hold this server up with the address of an
 * image. Browsers say so (https://www.w3.org/TR/fetch-metadata/), of loopback addresses too; a link is followed by a person.
 */
const isOfAnotherSite = ({ headers }: FastifyRequest, { corsOrigins }: Config): boolean =>
  headers['sec-fetch-site'] === 'cross-site' &&
  headers['sec-fetch-dest'] !== 'document' &&
  !corsOrigins.includes(headers.origin ?? '');

/** Of a controller: in development anybody may ask, in production admins only (what is done here costs others time). */
export const LabAccess = () => applyDecorators(Public(isOpen), UseGuards(LabGuard, OneByOneGuard));
