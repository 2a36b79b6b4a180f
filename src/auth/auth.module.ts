import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import { AccessTokens } from './access-tokens.js';
import { AuthController } from './auth.controller.js';
import { PasswordHasher } from './password-hasher.js';
import { Principals } from './principals.js';
import { RecentPrincipals } from './recent-principals.js';
import { Sessions } from './sessions.js';
import { SignIn } from './sign-in.js';

/** Passwords, tokens, sessions, and the guard that every route not marked public stands behind. */
@Module({
  controllers: [AuthController],
  providers: [
    AccessTokens,
    PasswordHasher,
    Principals,
    RecentPrincipals,
    Sessions,
    SignIn,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [PasswordHasher, Principals, RecentPrincipals, Sessions],
})
export class AuthModule {}
