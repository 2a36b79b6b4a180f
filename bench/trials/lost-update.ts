import { call, signIn, signUp } from '../client.js';
import { removeDataDir, startServer, temporaryDataDir } from '../server.js';
import type { Trial } from '../trial.js';

const WRITERS = 100;

export const trial: Trial = {
  claim: '100 parallel PATCHes with If-Match, each tried again on 412, from two processes: none is lost',
  async run(progress) {
    const dataDir = await temporaryDataDir();
    const servers = [await startServer(dataDir), await startServer(dataDir)];
    const urlOf = (writer: number) => servers[writer % servers.length]?.url as string;
    try {
      const user = JSON.parse((await signUp(urlOf(0), 'ada@example.org')).body) as { id: string };
      const token = await signIn(urlOf(0), 'ada@example.org');
      const path = `/v1/users/${user.id}`;
      let done = 0;
      let refused = 0;
      // Each writer adds one character of its own to the name it has read; a lost update is a missing character.
      const mark = (writer: number) => String.fromCodePoint(0x4e00 + writer);
      const write = async (writer: number) => {
        for (;;) {
          const read = await call(`${urlOf(writer)}${path}`, { token });
          const { name } = JSON.parse(read.body) as { name: string };
          const answer = await call(`${urlOf(writer)}${path}`, {
            method: 'PATCH',
            token,
            body: { name: name + mark(writer) },
            headers: { 'if-match': String(read.headers.etag) },
          });
          if (answer.status === 200) break;
          if (answer.status !== 412 && answer.status !== 503)
            throw new Error(`${answer.status} ${answer.body}`);
          refused += 1;
        }
        done += 1;
        progress(done, WRITERS);
      };
      await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
      const last = await call(`${urlOf(0)}${path}`, { token });
      const version = Number(String(last.headers.etag).replaceAll('"', ''));
      const { name } = JSON.parse(last.body) as { name: string };
      const lost = Array.from({ length: WRITERS }, (_, writer) => mark(writer)).filter(
        (one) => !name.includes(one),
      ).length;
      return {
        summary: `${lost} lost; ${refused} refused with 412 or 503 and tried again`,
        held: lost === 0 && version === WRITERS + 1,
        figures: { writers: WRITERS, lost, refusedAndRetried: refused, version },
      };
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
      await removeDataDir(dataDir);
    }
  },
};
