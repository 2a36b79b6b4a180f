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
import { Public } from '../auth/access.guard.js';
import { Caller, type Principal, requireAdmin } from '../auth/principal.js';
import { CONFIG, type Config, isLoopback } from '../config.js';
import type { UserRow } from '../database/user-row.js';
import { Documented } from '../operation.js';
import { entityTag, isKnownTo, versionsToMatch } from './entity-tag.js';
import { toUser } from './to-user.js';
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
import { UsersService } from './users.service.js';

@Controller('v1/users')
export class UsersController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(UsersService) private readonly users: UsersService,
    @Inject(UserPages) private readonly pages: UserPages,
  ) {}

  /** Sign-up where it is open; else admins make users. */
  @Public((config) => config.isSignupOpen)
  @Post()
  @Documented(createUser)
  async create(
    @Body({ schema: newUserSchema }) newUser: NewUser,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<User> {
    if (!this.config.isSignupOpen) requireAdmin(request.principal);
    const mayBeAdmin =
      this.config.mode === 'development' && isLoopback(request.raw.socket.remoteAddress ?? '');
    const row = await this.users.create(newUser, mayBeAdmin ? 'first-is-admin' : 'user');
    void reply.header('location', `/v1/users/${row.id}`);
    return answer(row, reply);
  }

  @Get()
  @Documented(listUsers)
  async list(
    @Caller() caller: Principal,
    @Query({ schema: userListSchema }) list: UserList,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserPage> {
    requireAdmin(caller);
    const page = await this.pages.page(list);
    if (page.nextCursor !== null)
      void reply.header('link', `<${nextUrl(list, page.nextCursor)}>; rel="next"`);
    return page;
  }

  @Get('count')
  @Documented(countUsers)
  async count(
    @Caller() caller: Principal,
    @Query({ schema: userFilterSchema }) filter: UserFilter,
  ): Promise<{ count: number }> {
    requireAdmin(caller);
    return { count: await this.pages.count(filter) };
  }

  @Get('me')
  @Documented(readMe)
  me(
    @Caller() caller: Principal,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<User | undefined> {
    return this.read(caller, caller.userId, ifNoneMatch, reply);
  }

  @Get(':id')
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
    return answer(await this.users.update(id, patch, caller, versionsToMatch(ifMatch)), reply);
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
