import { Controller, Delete, Get, HttpCode, Patch, Post, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/access.guard.js';
import { Documented } from '../operation.js';
import { simRedirectTo } from './sim.operations.js';
import { type RedirectToQuery, redirectToQuerySchema } from './sim.schema.js';

/** Sends a caller anywhere, by any method: what becomes of the method and the body is the client's to get right. */
@Public()
@Controller('sim/redirect-to')
export class RedirectToController {
  @Get()
  @HttpCode(302)
  @Documented(simRedirectTo('Get'))
  get(@Query({ schema: redirectToQuerySchema }) to: RedirectToQuery, @Res() reply: FastifyReply): void {
    redirect(to, reply);
  }

  @Post()
  @HttpCode(302)
  @Documented(simRedirectTo('Post'))
  post(@Query({ schema: redirectToQuerySchema }) to: RedirectToQuery, @Res() reply: FastifyReply): void {
    redirect(to, reply);
  }

  @Put()
  @HttpCode(302)
  @Documented(simRedirectTo('Put'))
  put(@Query({ schema: redirectToQuerySchema }) to: RedirectToQuery, @Res() reply: FastifyReply): void {
    redirect(to, reply);
  }

  @Patch()
  @HttpCode(302)
  @Documented(simRedirectTo('Patch'))
  patch(@Query({ schema: redirectToQuerySchema }) to: RedirectToQuery, @Res() reply: FastifyReply): void {
    redirect(to, reply);
  }

  @Delete()
  @HttpCode(302)
  @Documented(simRedirectTo('Delete'))
  delete(@Query({ schema: redirectToQuerySchema }) to: RedirectToQuery, @Res() reply: FastifyReply): void {
    redirect(to, reply);
  }
}

function redirect({ url, status }: RedirectToQuery, reply: FastifyReply): void {
  void reply.code(Number(status)).header('location', url).send();
}
