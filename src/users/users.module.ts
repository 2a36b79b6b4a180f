import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { UserExport } from './user-export.js';
import { UserPages } from './user-pages.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [AuthModule, IdempotencyModule],
  controllers: [UsersController],
  providers: [UsersService, UserPages, UserExport],
  exports: [UsersService],
})
export class UsersModule {}
