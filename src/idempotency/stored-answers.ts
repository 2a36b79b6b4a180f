/**
 * Claims and answers, a row for each key. Every change is one statement that names the owner: what a request wants to
 * change that was taken over meanwhile does not match any more.
 */
import { Inject, Injectable } from '@nestjs/common';
import { Database, type TransactionClient } from '../database/database.js';
import { isForeignKeyViolation } from '../database/is-foreign-key-violation.js';
import { isUniqueViolation } from '../database/is-unique-violation.js';

/** How long an answer is kept. The contract's numbers, both. */
const KEPT_MS = 24 * 3600 * 1000;
/** A claim without an answer for this long is that of a process that died, or was frozen. */
const CLAIMED_MS = 60_000;
/** Rows that one request removes besides its own work. */
const SWEPT_ROWS = 256;

export interface Answer {
  readonly status: number;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Of the user that it shows. */
  readonly userId?: string;
}

export interface Claim {
  readonly id: string;
  readonly owner: string;
  readonly bodyMac: string;
  readonly callerId: string | null;
}

export interface Kept {
  readonly id: string;
  readonly owner: string;
  readonly bodyMac: string;
  readonly status: number | null;
  /** Undefined while somebody is at work on it. */
  readonly answer: Answer | undefined;
  /** Anybody may take it over. */
  readonly isOver: boolean;
}

@Injectable()
export class StoredAnswers {
  constructor(@Inject(Database) private readonly database: Database) {}

  async find(id: string): Promise<Kept | undefined> {
    const row = await this.database.client.storedAnswer.findFirst({ where: { id } });
    if (!row) return undefined;
    const { owner, bodyMac, status, headers, body } = row;
    const nowMs = Date.now();
    const isDead = status === null && row.claimedAt.getTime() <= nowMs - CLAIMED_MS;
    const answer =
      status === null ? undefined : { status, headers: JSON.parse(headers ?? '{}'), body: body ?? '' };
    return { id, owner, bodyMac, status, answer, isOver: isDead || row.expiresAt.getTime() <= nowMs };
  }

  /** @returns whether nobody was faster, or else `callerGone`: whoever asks is no user any more */
  async insert(claim: Claim): Promise<boolean | 'callerGone'> {
    try {
      await this.database.client.storedAnswer.createMany({ data: [{ ...claim, ...times() }] });
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      if (isForeignKeyViolation(error)) return 'callerGone';
      throw error;
    }
  }

  /** @returns whether nobody was faster. An owner comes once, and its row changes once: both together say which state was seen. */
  async takeOver({ id, owner, status }: Kept, { owner: heir, bodyMac }: Claim): Promise<boolean> {
    const { count } = await this.database.client.storedAnswer.updateMany({
      where: { id, owner, status },
      data: { owner: heir, bodyMac, ...times(), status: null, headers: null, body: null, userId: null },
    });
    return count === 1;
  }

  /** @param client the transaction that the answer speaks of, where there is one; @returns whether the claim still held */
  async keep(
    claim: Claim,
    answer: Answer,
    client: TransactionClient = this.database.client,
  ): Promise<boolean> {
    const { status, headers, body, userId = null } = answer;
    const { count } = await client.storedAnswer.updateMany({
      where: heldBy(claim),
      data: { status, headers: JSON.stringify(headers), body, userId },
    });
    return count === 1;
  }

  /** The next one with this key begins anew. Nothing happens where there is an answer, or another owner. */
  async release(claim: Claim): Promise<void> {
    await this.database.client.storedAnswer.deleteMany({ where: heldBy(claim) });
  }

  /** Removes some of what has expired. */
  async sweep(): Promise<void> {
    const { client } = this.database;
    const expired = { expiresAt: { lt: new Date() } };
    const rows = await client.storedAnswer.findMany({
      where: expired,
      select: { id: true },
      take: SWEPT_ROWS,
    });
    if (rows.length === 0) return;
    // Once more the time: somebody may have taken one over.
    await client.storedAnswer.deleteMany({ where: { id: { in: rows.map(({ id }) => id) }, ...expired } });
  }
}

const heldBy = ({ id, owner }: Claim) => ({ id, owner, status: null });
const times = () => ({ claimedAt: new Date(), expiresAt: new Date(Date.now() + KEPT_MS) });
