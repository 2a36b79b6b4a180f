import type { DatabaseClient, OpenDatabase, TransactionClient } from '../database.js';
import { databaseDeadlineMs } from '../deadline.js';
import { repeating } from '../repeating.js';

/** Transactions that are tried again where nothing of them is left: after a deadlock, or a connection lost before COMMIT. */
export function repeatingTransactions(
  client: Pick<DatabaseClient, '$transaction'>,
  timeoutMs: number,
): OpenDatabase['transaction'] {
  return <T>(work: (tx: TransactionClient) => Promise<T>): Promise<T> =>
    repeating(databaseDeadlineMs(timeoutMs), () => client.$transaction(work));
}
