import type { Readable } from 'node:stream';
import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Inject,
  Param,
  Patch,
  Post,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LimitedBy, Public, RecentPrincipal } from '../auth/access.guard.js';
import { Caller, type Principal, requireAdmin } from '../auth/principal.js';
import { CONFIG, type Config, isLoopback } from '../config.js';
import type { UserRow } from '../database/user-row.js';
import { Idempotency } from '../idempotency/idempotency.js';
import type { Answer } from '../idempotency/stored-answers.js';
import { AnswersLines, answerLines, wantsLines } from '../inbound/ndjson.js';
import { RateLimiter } from '../limits/rate-limiter.js';
import { Documented } from '../operation.js';
import { Problem } from '../problem.js';
import { entityTag, isKnownTo, versionsToMatch } from './entity-tag.js';
import { toUser } from './to-user.js';
import { UserExport } from './user-export.js';
import { UserIdPipe } from './user-id.pipe.js';
import { UserPages } from './user-pages.js';
import {
  countUsers,
  createUser,
  listUsers,
  readMe,
  readUser,
  removeUser,
  updateUser,
} from './users.operations.js';
import {
  type NewUser,
  newUserSchema,
  type User,
  type UserFilter,
  type UserList,
  type UserPage,
  type UserPatch,
  userFilterSchema,
  userIdSchema,
  userListSchema,
  userPatchSchema,
} from './users.schema.js';
import { type Guess, UsersService } from './users.service.js';

/** A million users (200 MB) at 60 kB/s. Only one page is held for a client that is slower, but whoever it is had long enough. */
const EXPORT_MS = 3_600_000;

@Controller('v1/users')
export class UsersController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(UsersService) private readonly users: UsersService,
    @Inject(UserPages) private readonly pages: UserPages,
    @Inject(Idempotency) private readonly idempotency: Idempotency,
    @Inject(UserExport) private readonly userExport: UserExport,
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
  ) {}

  /** Sign-up where it is open; else admins make users. */
  @Public((config) => config.isSignupOpen)
  @LimitedBy('signup')
  @Post()
  @Documented(createUser)
  async create(
    @Headers('idempotency-key') key: string | undefined,
    @Body({ schema: newUserSchema }) body: NewUser,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    if (!this.config.isSignupOpen) requireAdmin(request.principal);
    const mayBeAdmin =
      this.config.mode === 'development' && isLoopback(request.raw.socket.remoteAddress ?? '');
    const role = mayBeAdmin ? 'first-is-admin' : 'user';
    return this.idempotency.once({ key, body, request, reply }, async (keep) =>
      made(await this.users.create(body, role, keep && ((tx, row) => keep(tx, made(row))))),
    );
  }

  @Get()
  @RecentPrincipal()
  @AnswersLines()
  @Documented(listUsers)
  async list(
    @Caller() caller: Principal,
    @Query({ schema: userListSchema }) list: UserList,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserPage | Readable> {
    requireAdmin(caller);
    if (wantsLines(request))
      return answerLines(this.userExport.lines(list, caller), reply, {
        isCut: this.config.canStream,
        takenWithinMs: EXPORT_MS,
      });
    const page = await this.pages.page(list);
    if (page.nextCursor !== null)
      void reply.header('link', `<${nextUrl(list, page.nextCursor)}>; rel="next"`);
    return page;
  }

  @Get('count')
  @RecentPrincipal()
  @Documented(countUsers)
  async count(
    @Caller() caller: Principal,
    @Query({ schema: userFilterSchema }) filter: UserFilter,
  ): Promise<{ count: number }> {
    requireAdmin(caller);
    return { count: await this.pages.count(filter) };
  }

  @Get('me')
  @RecentPrincipal()
  @Documented(readMe)
  me(
    @Caller() caller: Principal,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<User | undefined> {
    return this.read(caller, caller.userId, ifNoneMatch, reply);
  }

  @Get(':id')
  @RecentPrincipal()
  @Documented(readUser)
  async read(
    @Caller() caller: Principal,
    @Param('id', { schema: userIdSchema, pipes: [UserIdPipe] }) id: string,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<User | undefined> {
    // Who asks for themselves was read a moment ago, to let them in.
    const row = id === caller.row?.id ? caller.row : await this.users.read(id, caller);
    if (!isKnownTo(ifNoneMatch, row.version)) return answer(row, reply);
    void reply.code(304).header('etag', entityTag(row.version));
    return undefined;
  }

  @Patch(':id')
  @Documented(updateUser)
  async update(
    @Caller() caller: Principal,
    @Param('id', { schema: userIdSchema, pipes: [UserIdPipe] }) id: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Body({ schema: userPatchSchema }) patch: UserPatch,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<User> {
    const guess: Guess = (check) => this.limiter.guess('password', caller.userId, check);
    try {
      return answer(await this.users.update(id, patch, caller, versionsToMatch(ifMatch), guess), reply);
    } catch (error) {
      // Whose email is taken is told no more often than whether a password is right; admins see all emails anyway.
      const tells = error instanceof Problem && error.code === 'EMAIL_TAKEN' && caller.role !== 'admin';
      if (tells) await this.limiter.count('password', caller.userId);
      throw error;
    }
  }

  @Delete(':id')
  @HttpCode(204)
  @Documented(removeUser)
  async remove(
    @Caller() caller: Principal,
    @Param('id', { schema: userIdSchema, pipes: [UserIdPipe] }) id: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    await this.users.remove(id, caller, versionsToMatch(ifMatch));
  }
}

/** As text, so that who asks again gets the same bytes. */
const made = (row: UserRow): Answer => ({
  status: 201,
  headers: {
    'content-type': 'application/json; charset=utf-8',
    etag: entityTag(row.version),
    location: `/v1/users/${row.id}`,
  },
  body: JSON.stringify(toUser(row)),
  userId: row.id,
});

function answer(row: UserRow, reply: FastifyReply): User {
  void reply.header('etag', entityTag(row.version));
  return toUser(row);
}

/** Relative, so that it holds behind any proxy (RFC 8288, 3.1). */
function nextUrl({ sort, limit, email, role, q }: UserList, cursor: string): string {
  const query = new URLSearchParams({ cursor, sort, limit: String(limit) });
  for (const [name, value] of Object.entries({ email, role, q }))
    if (value !== undefined) query.set(name, value);
  return `/v1/users?${query}`;
}
