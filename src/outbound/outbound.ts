/**
 * Calls upstreams for somebody who is not trusted, to hosts that are not trusted. Whatever the URL, redirect, DNS answer
 * or upstream: no byte goes to an address that is not public (or allowed by the operator), a call ends within its
 * deadline, reads no more than OUTBOUND_MAX_BYTES, and leaves nothing behind. What is promised, and how it is tried, is
 * in docs/security.md.
 */
import type { OutboundConfig } from '../config.js';
import type { Metrics } from '../metering/metrics.js';
import { metered } from '../metering/request-meter.js';
import { Problem } from '../problem.js';
import { Call, type CallTools } from './call.js';
import { CallLimits } from './call-limits.js';
import { CallQuota, type CallQuotaOptions } from './call-quota.js';
import { Connector } from './connect.js';
import { type Explanation, explain } from './explain.js';
import { NameResolver } from './name-resolver.js';
import type { OutboundCaller, OutboundRequest, UpstreamAnswer } from './outbound-call.js';
import { Sender } from './send.js';
import { type OwnServer, TargetRules } from './target-rules.js';

export class Outbound {
  readonly #tools: CallTools;
  readonly #connector: Connector;

  /** @param quota without it each process counts the calls of an hour for itself */
  constructor(
    config: OutboundConfig,
    ownServer: OwnServer,
    metrics: Metrics,
    quota?: Omit<CallQuotaOptions, 'callsPerHour'>,
  ) {
    const rules = new TargetRules(config, ownServer);
    this.#connector = new Connector(rules, new NameResolver(config.resolvers));
    this.#tools = {
      rules,
      limits: new CallLimits(
        config.hostConcurrency,
        new CallQuota({ ...quota, callsPerHour: config.callsPerHour }),
      ),
      sender: new Sender(this.#connector),
      metrics,
      maxBytes: config.maxBytes,
    };
  }

  /**
   * One request of a user is under way, whatever it takes: each has only so many.
   * @returns what ends it
   * @throws Problem OUTBOUND_BUSY, logged and counted as a call that is refused
   */
  enter({ userId, log }: Pick<OutboundCaller, 'userId' | 'log'>): () => void {
    try {
      return this.#tools.limits.enter(userId);
    } catch (error) {
      if (error instanceof Problem) {
        this.#tools.metrics.countRefusal(error.code);
        log.info({ attempts: 0, redirects: 0, code: error.code }, 'outbound');
      }
      throw error;
    }
  }

  /**
   * One call with its redirects and repeats.
   * @returns the upstream's answer, whatever its status
   * @throws Problem URL_INVALID, TARGET_NOT_ALLOWED, OUTBOUND_BUSY, OUTBOUND_QUOTA_USED or one of the upstream's
   */
  call(request: OutboundRequest, caller: OutboundCaller): Promise<UpstreamAnswer> {
    return metered('upstream', () => new Call(this.#tools, request, caller).end());
  }

  /** Keeps no connection to these hosts, each with its port, for a later call. */
  closeIdle(hosts: ReadonlySet<string>): void {
    void this.#tools.sender.closeIdle(hosts);
  }

  /** Which rule lets a URL be called, or refuses it. Resolves, and calls nothing. */
  explain(url: string, signal: AbortSignal): Promise<Explanation> {
    return metered('upstream', () => explain(this.#tools.rules, this.#connector, url, signal));
  }
}
