/**
 * Who may be called. Asked three times on the way of each hop: of the URL, of every address that its name has, and of the
 * address that the connection ended at. What no rule allows is refused.
 */
import type { OutboundConfig } from '../config.js';
import type { TargetEntry } from '../target-list.js';
import { isHostAddress, isLocalhost, isPublicAddress, normalAddress } from './public-address.js';
import { isSpecialUseName } from './special-use-names.js';
import type { Target } from './target.js';
import { type RefusingRule, type Rule, TargetRefused } from './target-refused.js';

/** `reported`: what would have refused it, were the rules enforced. */
export interface Allowed {
  readonly rule: Rule;
  readonly reported?: RefusingRule;
}

/** The part of a target that a connection knows. */
export type Place = Pick<Target, 'host' | 'family' | 'port'> & {
  readonly path: string;
  readonly protocol: string;
};

/** Development's own server: its simulator may be called, nothing else of it. */
export type OwnServer = () => { readonly address: string; readonly port: number } | undefined;

const simulator = /^\/sim(\/|$)/;

export class TargetRules {
  constructor(
    private readonly config: Pick<OutboundConfig, 'allow' | 'deny' | 'ports' | 'isEnforced'>,
    private readonly ownServer: OwnServer,
  ) {}

  /** Before a name is resolved. Of an address this is all there is to say. @throws TargetRefused */
  checkTarget(place: Place): Allowed {
    if (place.family !== 0) return this.checkAddress(place, place.host);
    const denied = this.#reportOrRefuse(this.#denied(place));
    const allowed = this.#allowedBefore(place);
    if (!allowed && !place.host.includes('.')) throw new TargetRefused('single-label');
    if (!allowed && isSpecialUseName(place.host)) throw new TargetRefused('special-use-name');
    return verdict(allowed ?? 'public', denied ?? this.#reportOrRefuse(this.#wrongPort(place)));
  }

  /** @param address one that the host has, or is. @throws TargetRefused */
  checkAddress(place: Place, address: string): Allowed {
    const denied = this.#reportOrRefuse(this.#denied(place, address), address);
    if (this.#isOwn(place) && address === this.ownServer()?.address) return verdict('own-simulator', denied);
    const rule = this.#allowing(place, address);
    // Before the port: where a host may not be called at all, no port of it may.
    if (!rule) throw new TargetRefused('address-not-public', '', address);
    return verdict(rule, denied ?? this.#reportOrRefuse(this.#wrongPort(place, address), address));
  }

  /** Where a name leads without asking DNS: `localhost` (RFC 6761, 6.3), if it is allowed at all. */
  knownAddresses(place: Place): readonly string[] | undefined {
    if (this.#isOwn(place)) return [this.ownServer()?.address as string];
    return isLocalhost(place.host) ? ['127.0.0.1', '::1'] : undefined;
  }

  #isOwn({ host, port, path, protocol }: Place): boolean {
    const own = this.ownServer();
    return (
      own !== undefined &&
      protocol === 'http:' &&
      port === own.port &&
      (host === own.address || host === 'localhost') &&
      simulator.test(path)
    );
  }

  #allowedBefore(place: Place): Rule | undefined {
    if (this.#isOwn(place)) return 'own-simulator';
    return this.#entry(this.config.allow, place) ? 'allowed' : undefined;
  }

  #allowing(place: Place, address: string): Rule | undefined {
    if (
      this.config.allow.some(
        (entry) => entry.kind === 'network' && isOnPort(entry, place) && entry.has(normalAddress(address)),
      )
    )
      return 'allowed';
    if (this.#entry(this.config.allow, place) && isHostAddress(address, place.host)) return 'allowed';
    return isPublicAddress(address) ? 'public' : undefined;
  }

  #denied(place: Place, address?: string): RefusingRule | undefined {
    return this.#entry(this.config.deny, place, address) ? 'denied' : undefined;
  }

  /** An entry that allows a target on a port allows the port too. Of a name's addresses nothing is known yet. */
  #wrongPort(place: Place, address?: string): RefusingRule | undefined {
    if (
      this.#isOwn(place) ||
      this.config.ports.some(({ from, to }) => place.port >= from && place.port <= to)
    )
      return undefined;
    const withPort = this.config.allow.filter(({ port }) => port === place.port);
    const isAllowed =
      this.#entry(withPort, place, address) !== undefined ||
      (address === undefined && withPort.some(({ kind }) => kind === 'network'));
    return isAllowed ? undefined : 'port';
  }

  #entry(entries: readonly TargetEntry[], place: Place, address?: string): TargetEntry | undefined {
    return entries.find(
      (entry) =>
        isOnPort(entry, place) &&
        (entry.kind === 'host'
          ? entry.withSubdomains
            ? place.host.endsWith(`.${entry.host}`)
            : place.host === entry.host
          : address !== undefined && entry.has(normalAddress(address))),
    );
  }

  #reportOrRefuse(rule: RefusingRule | undefined, address?: string): RefusingRule | undefined {
    if (!rule || !this.config.isEnforced) return rule;
    throw new TargetRefused(rule, rule === 'port' ? 'must have a port that may be called' : '', address);
  }
}

const isOnPort = ({ port }: TargetEntry, place: Place): boolean => port === undefined || port === place.port;

const verdict = (rule: Rule, reported: RefusingRule | undefined): Allowed => ({
  rule,
  ...(reported && { reported }),
});
