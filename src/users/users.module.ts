import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { UserPages } from './user-pages.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [AuthModule],
  controllers: [UsersController],
  providers: [UsersService, UserPages],
  exports: [UsersService],
})
export class UsersModule {}
