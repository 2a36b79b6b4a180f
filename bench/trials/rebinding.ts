import { type InNamespace, openNamespace } from '../../test/support/network-namespace.js';
import { isHarmless, isRefused } from '../../test/support/outbound-verdicts.js';
import type { ClientName, OutboundWorld } from '../../test/support/outbound-world.js';
import { type Rebinding, rebindings } from '../../test/support/rebinding.js';
import { breachesIn } from '../../test/support/recorder.js';
import { statusCounts, type Trial } from '../trial.js';

const ROUNDS = 200;
const COMPARED_ROUNDS = 10;
const compared = ['request-filtering-agent', 'ssrf-req-filter', 'ssrfcheck', 'unguarded'] as const;

/** Of one kind of name. */
interface Kind {
  calls: number;
  calledNotPublic: number;
  /** Answers that are neither a success nor a refusal, or a success where there can be none. */
  wrong: number;
  statuses: Record<string, number>;
}

async function play(
  world: InNamespace<OutboundWorld>,
  client: ClientName,
  { names, urls, isNeverPublic }: Rebinding,
  isTogether: boolean,
): Promise<Kind> {
  await world.call('scriptNames', names);
  const tried = isTogether
    ? (await world.call('tryTogether', client, urls)).map((one) => ({ ...one, arrivals: [] }))
    : await world.call('tryAll', client, urls);
  const arrivals = await world.call('arrivals');
  return {
    calls: urls.length,
    calledNotPublic: breachesIn(arrivals).length,
    wrong: tried.filter((one) => !(isNeverPublic ? isRefused : isHarmless)(one)).length,
    statuses: statusCounts(tried),
  };
}

function added(one: Kind | undefined, other: Kind): Kind {
  if (!one) return other;
  const statuses = { ...one.statuses };
  for (const [status, count] of Object.entries(other.statuses))
    statuses[status] = (statuses[status] ?? 0) + count;
  return {
    calls: one.calls + other.calls,
    calledNotPublic: one.calledNotPublic + other.calledNotPublic,
    wrong: one.wrong + other.wrong,
    statuses,
  };
}

export const trial: Trial = {
  claim: `In ${ROUNDS} rounds of ${rebindings(0).length} kinds of names that are public at one moment and private at another, or both, called one after the other and at once, Farebox never connects to an address that is not public`,
  async run(progress) {
    const world = await openNamespace<OutboundWorld>(
      new URL('../../test/support/outbound-world.ts', import.meta.url),
    );
    try {
      await world.call('startFarebox', {});
      const kinds: Record<string, Kind> = {};
      for (let round = 0; round < ROUNDS; round += 1) {
        const entry = round % 4 < 2 ? 'fetch' : 'get';
        for (const rebinding of rebindings(round))
          kinds[rebinding.kind] = added(
            kinds[rebinding.kind],
            await play(world, entry, rebinding, round % 2 === 1),
          );
        progress(round + 1, ROUNDS + COMPARED_ROUNDS);
      }
      await world.call('stopFarebox');
      const calledLate = breachesIn(await world.call('arrivals')).length;

      const others: Record<string, { calls: number; calledNotPublic: number }> = {};
      for (let round = 0; round < COMPARED_ROUNDS; round += 1) {
        for (const client of compared)
          for (const rebinding of rebindings(round)) {
            const { calls, calledNotPublic } = await play(world, client, rebinding, round % 2 === 1);
            const before = others[client] ?? { calls: 0, calledNotPublic: 0 };
            others[client] = {
              calls: before.calls + calls,
              calledNotPublic: before.calledNotPublic + calledNotPublic,
            };
          }
        progress(ROUNDS + round + 1, ROUNDS + COMPARED_ROUNDS);
      }
      const all = Object.values(kinds).reduce((sum, kind) => added(sum, kind));
      const called = all.calledNotPublic + calledLate;
      return {
        held: called === 0 && all.wrong === 0 && (all.statuses['200'] ?? 0) > 0,
        summary: `${all.calls} calls: ${called} connections to an address that is not public, ${all.wrong} answers other than promised; ${all.statuses['200'] ?? 0} reached the public address`,
        figures: { rounds: ROUNDS, kinds, calledLate, others },
      };
    } finally {
      await world.close();
    }
  },
};
