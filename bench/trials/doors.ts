import { grounds } from '../../test/lambda/grounds.js';
import { expectedVerdict, type Verdict, verdict } from '../../test/lambda/verdict.js';
import { waysTo } from '../../test/lambda/ways.js';
import type { Trial } from '../trial.js';

export const trial: Trial = {
  claim:
    'Behind every door (API Gateway v1 and v2, ALB, Function URL) each case has the same outcome as over a socket, or the service is the reason',
  async run(progress) {
    const rows: Record<string, Verdict>[] = [];
    const failed: string[] = [];
    const total = grounds.reduce((sum, { cases }) => sum + cases.length, 0);
    for (const { open, cases } of grounds) {
      const { fastify, port, close } = await open();
      const [socket, ...throughDoors] = waysTo(fastify, port);
      for (const it of cases) {
        const row: Record<string, Verdict> = { case: it.name };
        for (const way of throughDoors)
          row[way.name] = await verdict(it, socket, way).catch((error: Error) => {
            failed.push(error.message);
            return `FAILED, expected: ${expectedVerdict(it, way.name)}`;
          });
        rows.push(row);
        progress(rows.length, total);
      }
      await close();
    }
    const verdicts = rows.flatMap(({ case: _name, ...each }) => Object.values(each));
    const same = verdicts.filter((each) => each === 'same').length;
    const summary = `${rows.length} cases, ${verdicts.length} pairs: ${same} the same as over a socket, ${verdicts.length - same - failed.length} different because of the service, ${failed.length} failed`;
    return { held: failed.length === 0, summary, figures: { rows, failed } };
  },
};
