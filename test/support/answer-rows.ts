/** The table behind `Idempotency-Key`, seen and aged from outside. */
import { Database } from '#dist/database/database.js';

export class AnswerRows {
  private constructor(private readonly database: Database) {}

  static async of(url: string): Promise<AnswerRows> {
    return new AnswerRows(await Database.open({ url, timeoutMs: 10_000, poolMax: 2, idleMs: 10_000 }));
  }

  all() {
    return this.database.client.storedAnswer.findMany();
  }

  async claims() {
    return (await this.all()).filter(({ status }) => status === null);
  }

  /** As if everything had happened so much earlier. */
  async age(byMs: number): Promise<void> {
    const earlier = (time: Date) => new Date(time.getTime() - byMs);
    for (const { id, claimedAt, expiresAt } of await this.all())
      await this.database.client.storedAnswer.updateMany({
        where: { id },
        data: { claimedAt: earlier(claimedAt), expiresAt: earlier(expiresAt) },
      });
  }

  passwordHashes() {
    return this.database.client.user.findMany({ select: { passwordHash: true } });
  }

  close(): Promise<void> {
    return this.database.close();
  }
}
