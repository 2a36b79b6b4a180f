import { connect as connectTls } from 'node:tls';
import { canMakeCertificates, makeCertificates } from '../../test/support/certificates.js';
import { callers, during } from '../callers.js';
import { type Cell, type CellSample, cellOf, PART_ALONE, sampleCell } from '../cell.js';
import { cellsCharts } from '../cells-charts.js';
import { cellsTable, comparedCells } from '../cells-table.js';
import { inTurns } from '../in-turns.js';
import { RawConnection } from '../raw-connection.js';
import type { Scenario } from '../scenario.js';
import { startBare } from '../start-bare.js';
import { figure } from '../statistics.js';
import { getRequest, type Subject } from '../subject.js';

const HOST = '127.0.0.1';

interface Front {
  subject: Subject;
  open: (port: number) => Promise<RawConnection>;
}

const ways = [
  { what: 'kept connections', isNewEach: false },
  { what: 'a new connection for each request', isNewEach: true },
] as const;
type Way = (typeof ways)[number];

export const scenario: Scenario<Cell> = {
  question: 'What does TLS cost the server that ends it, with connections that are kept and with new ones?',
  table: cellsTable,
  charts: cellsCharts,
  compared: comparedCells,
  async run({ rounds, durationMs, connections }, progress) {
    const fronts: Front[] = [];
    try {
      fronts.push({ subject: await startBare('HTTP', 'hello'), open: RawConnection.open });
      if (canMakeCertificates) fronts.push(await startTlsFront());
      const samples = new Map<Way, Map<Front, CellSample[]>>(
        ways.map((way) => [way, new Map(fronts.map((front) => [front, []]))]),
      );
      for (let round = -1; round < rounds; round += 1)
        for (const [at, [way, ofWay]] of [...samples].entries()) {
          for (const front of inTurns(fronts, round)) {
            const { p50Ms: aloneMs } = await sampleOf(front, way, 1, PART_ALONE * durationMs);
            const sample = await sampleOf(front, way, connections, durationMs);
            if (round >= 0) ofWay.get(front)?.push({ ...sample, aloneMs });
          }
          if (round >= 0) progress(round * ways.length + at + 1, rounds * ways.length);
        }
      return {
        conditions: {
          server: 'node:http and node:https, which answer at once',
          tls: 'version 1.3, a key of curve P-256, a whole handshake for each new connection',
          client: 'on the same machine: it pays for its half of TLS too',
          connections,
          rounds,
          durationMs,
        },
        rows: [...samples].flatMap(([way, ofWay]) => rowsOf(way, ofWay)),
        missing: canMakeCertificates
          ? []
          : ['TLS is missing: there is no openssl to make a certificate, and Node.js makes none'],
      };
    } finally {
      for (const { subject } of fronts) await subject.stop();
    }
  },
};

async function startTlsFront(): Promise<Front> {
  const { authority, certificates } = makeCertificates([HOST]);
  const [{ pem = '', key = '' } = {}] = certificates;
  const subject = await startBare('HTTPS', 'hello', { CERTIFICATE: pem, KEY: key });
  const secure = (port: number) =>
    connectTls({ port, host: HOST, ca: authority, minVersion: 'TLSv1.3' }).setNoDelay();
  return { subject, open: (port) => RawConnection.open(port, 'secureConnect', secure) };
}

const sampleOf = ({ subject, open }: Front, { isNewEach }: Way, connections: number, ms: number) =>
  sampleCell(subject, () =>
    callers({
      port: subject.port,
      request: getRequest(subject, '/'),
      callers: connections,
      goesOn: during(ms),
      open,
      isNewEach,
    }),
  );

/** HTTPS is beside HTTP. */
function rowsOf({ what }: Way, ofWay: Map<Front, CellSample[]>): Cell[] {
  const [plain = []] = ofWay.values();
  return [...ofWay].map(([{ subject }, samples], at) =>
    cellOf(
      {
        what,
        side: subject.name,
        ...(at > 0 && {
          beside: {
            of: "HTTP's rate",
            part: figure(
              samples.map(({ perSecond }, round) => perSecond / (plain[round] as CellSample).perSecond),
            ),
            better: 'more' as const,
          },
        }),
      },
      samples,
    ),
  );
}
