/** One of the processes that serve. It ends when the primary says so, or is gone. */
import cluster, { type Worker } from 'node:cluster';
import { setTimeout as pause } from 'node:timers/promises';
import { readConfig } from '../config.js';
import { SHUTDOWN_LIMIT_MS } from '../end-on-signals.js';
import { type MetricSnapshot, Metrics } from '../metering/metrics.js';
import type { Running } from '../serve.js';
import { answerMeasurements, gatherMetrics, tellPrimary, whatPrimarySays } from './gather-metrics.js';

/**
 * Of a worker that another has replaced. Who uses a connection at least this often is told on an answer that it is the last,
 * and moves to the new worker by itself; an answer may take as long as the longest outbound call, 25 s.
 */
const retirement = { quietMs: 5_000, limitMs: 30_000 };
/** For the primary to take the last words. */
const FAREWELL_LIMIT_MS = 1_000;

export async function serveAsWorker(): Promise<void> {
  const worker = cluster.worker as Worker;
  const running: Running = {};
  obey(worker, running);
  const [{ serve }, { explainFailure }] = await Promise.all([
    import('../serve.js'),
    import('../start-failure.js'),
  ]);
  try {
    // The primary has read .env, and hands on what holds.
    await serve(readConfig(process.env), running, { gatherMetrics, worker: worker.id });
    answerMeasurements(() => snapshotOf(running.app));
  } catch (error) {
    const reason = explainFailure(error);
    if (reason === undefined) throw error;
    await tellPrimary({ kind: 'failed', reason });
    process.exit(1);
  }
}

function obey(worker: Worker, running: Running): void {
  let isStopping = false;
  const stop = async () => {
    if (isStopping) return;
    isStopping = true;
    // The primary says so where there is one.
    setTimeout(() => process.exit(1), SHUTDOWN_LIMIT_MS).unref();
    await running.app?.close();
    await sayFarewell(running);
    process.exit(0);
  };
  const retire = async () => {
    await running.app?.getHttpAdapter().getInstance().retire(retirement);
    await stop();
  };
  whatPrimarySays((message) => {
    if (message.kind === 'stop') void stop();
    if (message.kind === 'retire') void retire();
  });
  worker.once('disconnect', () => {
    // Or Node would end this process here and now.
    worker.exitedAfterDisconnect = true;
    void stop();
  });
  process.on('SIGTERM', () => void stop());
  // A terminal sends these to all of its processes: what they mean is for the primary to say.
  process.on('SIGINT', () => undefined);
  process.on('SIGHUP', () => undefined);
}

const snapshotOf = (app: Running['app']): Promise<MetricSnapshot> =>
  app ? app.get(Metrics, { strict: false }).snapshot() : Promise.resolve([]);

/** The primary's answer comes after every connection it had handed over: each of them was given back by then. */
async function sayFarewell({ app }: Running): Promise<void> {
  if (!app || !process.connected) return;
  const taken = new Promise<void>((resolve) => {
    whatPrimarySays(({ kind }) => {
      if (kind === 'go') resolve();
    });
  });
  await tellPrimary({ kind: 'farewell', snapshot: await snapshotOf(app) });
  await Promise.race([taken, pause(FAREWELL_LIMIT_MS)]);
}
