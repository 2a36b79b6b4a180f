import { Body, Controller, Header, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../config.js';
import { Documented } from '../operation.js';
import { Problem } from '../problem.js';
import { LimitedBy, Public } from './access.guard.js';
import { login, logout, refresh } from './auth.operations.js';
import { type Login, loginSchema, type Refresh, refreshSchema, type Tokens } from './auth.schema.js';
import { clearRefreshCookie, readRefreshCookie, setRefreshCookie } from './refresh-cookie.js';
import { SignIn } from './sign-in.js';

/** Sign-in, refresh and sign-out. Answers hold tokens: none may be stored on the way. */
@Public()
@Controller('v1/auth')
export class AuthController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(SignIn) private readonly signIn: SignIn,
  ) {}

  @Post('login')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @LimitedBy('login')
  @Documented(login)
  async login(
    @Body({ schema: loginSchema }) { email, password, session }: Login,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Tokens> {
    const tokens = await this.signIn.withPassword(email, password);
    return session === 'cookie' ? this.intoCookie(tokens, request, reply) : tokens;
  }

  @Post('refresh')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @LimitedBy('refresh')
  @Documented(refresh)
  async refresh(
    @Body({ schema: refreshSchema }) { refreshToken }: Refresh,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Tokens> {
    if (refreshToken !== undefined) return this.signIn.withRefreshToken(refreshToken);
    const cookie = readRefreshCookie(request, this.config.mode);
    if (cookie === undefined)
      throw new Problem(
        'REFRESH_TOKEN_INVALID',
        'Send refreshToken in the body, or the cookie of a cookie session.',
      );
    return this.intoCookie(await this.signIn.withRefreshToken(cookie), request, reply);
  }

  @Post('logout')
  @HttpCode(204)
  @Header('cache-control', 'no-store')
  @LimitedBy('anonymous')
  @Documented(logout)
  async logout(
    @Body({ schema: refreshSchema }) { refreshToken }: Refresh,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const token = refreshToken ?? readRefreshCookie(request, this.config.mode);
    if (token !== undefined) await this.signIn.end(token);
    if (refreshToken === undefined) clearRefreshCookie(request, reply, this.config.mode);
  }

  private intoCookie(
    { refreshToken, ...rest }: Tokens,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Tokens {
    if (refreshToken !== undefined) setRefreshCookie(request, reply, this.config.mode, refreshToken);
    return rest;
  }
}
