import { createInterface } from 'node:readline';

/** Answers the calls that come over standard input, until it ends: the other end of `openNamespace`. */
export async function serveWorld(world: object, close: () => Promise<void>): Promise<void> {
  const functions = world as Record<string, ((...args: unknown[]) => unknown) | undefined>;
  const answer = async ({ id, name, args }: { id: number; name: string; args: unknown[] }) => {
    try {
      return { id, result: await functions[name]?.(...args) };
    } catch (error) {
      return { id, error: String((error as Error).stack) };
    }
  };
  const calls = createInterface({ input: process.stdin });
  calls.on('line', (line) => {
    void answer(JSON.parse(line)).then((answered) => process.stdout.write(`${JSON.stringify(answered)}\n`));
  });
  await new Promise((resolve) => calls.on('close', resolve));
  await close();
  process.exit();
}
