import type { Style } from '../../workloads/style.js';
import type { LoadFigures, TargetFigures } from './messages.js';

/** What was measured of one style in one repetition. */
export interface Repetition extends LoadFigures, TargetFigures {
  readonly style: Style;
  /** What single requests took inside the server, with nothing else under way. */
  readonly aloneMs: readonly number[];
}

export const requestsOf = ({ latenciesMs }: Repetition): number => latenciesMs.length;
export const perSecond = (one: Repetition): number => (requestsOf(one) * 1000) / one.durationMs;
/** Begun milliseconds, as functions are billed. */
export const billedMs = ({ aloneMs }: Repetition): number[] => aloneMs.map(Math.ceil);
/** How long the server was kept busy for each request, be it with waiting. */
export const instanceMs = (one: Repetition): number => one.durationMs / requestsOf(one);
export const cpuMsARequest = (one: Repetition): number => one.cpuMs / requestsOf(one);
