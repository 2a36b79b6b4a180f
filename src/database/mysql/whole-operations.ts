/**
 * MySQL has no RETURNING. For `update` Prisma reads the row, changes it if it still is as it should be, and
 * reads it again; whether anything was changed it does not look at, so that of two conditional updates at
 * once both are reported as done. Here the change itself decides, and what is read afterwards is under its lock.
 */

import { databaseDeadlineMs } from '../deadline.js';
import { Prisma, type PrismaClient } from '../generated/mysql/client.js';
import { repeating } from '../repeating.js';

interface UpdateArguments {
  where: { [field: string]: unknown };
  data: object;
  select?: object;
}

/** What a model can do that is used here; Prisma's own types differ by model. */
interface Delegate {
  $name: string;
  updateMany(args: Pick<UpdateArguments, 'where' | 'data'>): Promise<{ count: number }>;
  findFirstOrThrow(args: Pick<UpdateArguments, 'where' | 'select'>): Promise<unknown>;
  update(args: UpdateArguments): Promise<unknown>;
}

/** @returns `transactional`, whose transactions have the right `update`, and `client`, each of whose operations is one */
export function wholeOperations(base: PrismaClient, timeoutMs: number) {
  const transactional = base.$extends({ model: { $allModels: { update: changeThenRead } } });
  const client = transactional.$extends({
    // Several statements an operation, which Prisma puts in a transaction but does not try again.
    query: { $allModels: { $allOperations: ({ args, query }) => whole(timeoutMs, () => query(args)) } },
    model: {
      $allModels: {
        update(args: UpdateArguments) {
          const { $name } = Prisma.getExtensionContext(this) as unknown as Delegate;
          return whole(timeoutMs, () => transactional.$transaction((tx) => delegate(tx, $name).update(args)));
        },
      },
    },
  });
  return { client, transactional };
}

const whole = <T>(timeoutMs: number, work: () => Promise<T>) =>
  repeating(databaseDeadlineMs(timeoutMs), work);

const delegate = (client: object, model: string): Delegate =>
  (client as Record<string, Delegate>)[model.charAt(0).toLowerCase() + model.slice(1)] as Delegate;

async function changeThenRead(this: unknown, { where, data, select }: UpdateArguments): Promise<unknown> {
  const model = Prisma.getExtensionContext(this) as unknown as Delegate;
  // Without it the row could not be found again after the change.
  if (typeof where.id !== 'string') throw new TypeError('an update names its row by id');
  const { count } = await model.updateMany({ where, data });
  if (count === 0)
    throw new Prisma.PrismaClientKnownRequestError('No record was found for an update.', {
      code: 'P2025',
      clientVersion: Prisma.prismaVersion.client,
    });
  return model.findFirstOrThrow({ where: { id: where.id }, ...(select && { select }) });
}
