/**
 * `Idempotency-Key`: what is asked for twice is done once, and answered alike. Whoever is first claims the key by a row
 * of its own; its answer is stored in the transaction that does the work, so that there is never one without the other.
 */
import { hash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { unauthenticated } from '../auth/bearer.js';
import { Keyring, type Signer } from '../auth/keyring.js';
import type { TransactionClient } from '../database/database.js';
import { problemWithin } from '../inbound/answer-problem.js';
import { toProblem } from '../inbound/to-problem.js';
import { Problem } from '../problem.js';
import { idempotencyKey } from './idempotency-key.js';
import { type Answer, type Claim, type Kept, StoredAnswers } from './stored-answers.js';

export interface Asked {
  /** The header as it came. */
  readonly key: string | undefined;
  /** As it was validated: spaces between its members, and their order, are gone. */
  readonly body: object;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Stores the answer within the transaction. @throws Problem, which must roll it back, where somebody took over */
export type Keep = (tx: TransactionClient, answer: Answer) => Promise<void>;

/** How often a claim is tried for while others come and go. */
const ROUNDS = 3;
/** The first request may be about to end. */
const RETRY_AFTER_SECONDS = 1;
/** Refusals that tell of the moment or of the caller, not of what was asked for. */
const passing = new Set([400, 401, 403, 413, 415, 429]);
const isStorable = ({ status }: Problem): boolean => status < 500 && !passing.has(status);

@Injectable()
export class Idempotency {
  private readonly signer: Signer;

  constructor(
    @Inject(StoredAnswers) private readonly answers: StoredAnswers,
    @Inject(Keyring) keyring: Keyring,
  ) {
    this.signer = keyring.signer('idempotency');
  }

  /**
   * The answer's text: of `work`, or of who did it before.
   * @param work is handed `keep` where there is a key, and calls it last in its transaction
   * @throws Problem BAD_REQUEST, IDEMPOTENCY_IN_PROGRESS, IDEMPOTENCY_KEY_REUSED, or what `work` throws
   */
  async once(asked: Asked, work: (keep?: Keep) => Promise<Answer>): Promise<string> {
    const key = idempotencyKey(asked.key);
    if (key === undefined) return send(await work(), asked.reply);
    const text = JSON.stringify(asked.body);
    const claim = this.claimOf(asked.request, key, text);
    const stored = await this.storedOrClaimed(claim, text);
    if (!stored) return send(await this.first(claim, asked.request, work), asked.reply);
    void asked.reply.header('idempotent-replayed', 'true');
    return send(stored, asked.reply);
  }

  private claimOf({ principal, method, routeOptions }: FastifyRequest, key: string, text: string): Claim {
    const callerId = principal?.userId ?? null;
    return {
      // The route is its path in one spelling, as long as no route with parameters takes a key.
      id: hash('sha256', JSON.stringify([callerId, method, routeOptions.url, key]), 'base64url'),
      owner: randomBytes(16).toString('base64url'),
      bodyMac: this.signer.sign(text),
      callerId,
    };
  }

  /** @returns the stored answer; undefined: the claim is ours */
  private async storedOrClaimed(claim: Claim, text: string): Promise<Answer | undefined> {
    for (let round = 0; round < ROUNDS; round++) {
      const kept = await this.answers.find(claim.id);
      if (kept && !kept.isOver) return this.answerOf(kept, text);
      const isOurs = await (kept ? this.answers.takeOver(kept, claim) : this.answers.insert(claim));
      // Removed since the guard looked.
      if (isOurs === 'callerGone')
        throw unauthenticated(
          'The user of the access token is gone.',
          'Bearer realm="farebox", error="invalid_token"',
        );
      if (isOurs) return undefined;
    }
    throw inProgress();
  }

  private answerOf({ bodyMac, answer }: Kept, text: string): Answer {
    if (!this.signer.verifies(text, bodyMac))
      throw new Problem('IDEMPOTENCY_KEY_REUSED', 'Idempotency-Key: was used with another body.', {
        errors: [{ detail: 'was used with another body', pointer: 'Idempotency-Key' }],
      });
    if (!answer) throw inProgress();
    return answer;
  }

  private async first(
    claim: Claim,
    request: FastifyRequest,
    work: (keep: Keep) => Promise<Answer>,
  ): Promise<Answer> {
    try {
      return await work(async (tx, answer) => {
        if (!(await this.answers.keep(claim, answer, tx))) throw inProgress();
      });
    } catch (error) {
      return await this.refusal(claim, request, error);
    } finally {
      // About one claim in 64, by its hash: a count would begin anew with each process, and a function may live for a few requests.
      if (claim.id.startsWith('A')) await this.answers.sweep().catch(() => undefined);
    }
  }

  /** The problem as an answer, stored too. @throws `error` where it is none to store */
  private async refusal(claim: Claim, request: FastifyRequest, error: unknown): Promise<Answer> {
    const problem = toProblem(error);
    if (!isStorable(problem)) {
      // Where that fails too the claim ends by itself; what went wrong first is what the caller is told.
      await this.answers.release(claim).catch(() => undefined);
      throw error;
    }
    const answer = {
      status: problem.status,
      headers: { 'content-type': 'application/problem+json; charset=utf-8', ...problem.headers },
      body: JSON.stringify(problemWithin(problem, request)),
    };
    if (!(await this.answers.keep(claim, answer))) throw inProgress();
    return answer;
  }
}

function send({ status, headers, body }: Answer, reply: FastifyReply): string {
  void reply.code(status).headers({ ...headers });
  return body;
}

const inProgress = () =>
  new Problem(
    'IDEMPOTENCY_IN_PROGRESS',
    'A request with this Idempotency-Key is being served; send it again shortly.',
    { retryAfterSeconds: RETRY_AFTER_SECONDS },
  );
