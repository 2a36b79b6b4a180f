import { Module } from '@nestjs/common';
import { Idempotency } from './idempotency.js';
import { StoredAnswers } from './stored-answers.js';

@Module({ providers: [Idempotency, StoredAnswers], exports: [Idempotency] })
export class IdempotencyModule {}
