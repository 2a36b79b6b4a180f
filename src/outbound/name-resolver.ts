/**
 * Names to addresses, by c-ares: `dns.lookup` runs on the four pool threads that password hashing needs, and sixteen
 * slow names would stop every sign-in.
 */
import type { Resolver } from 'node:dns/promises';
import { UpstreamFailure } from './upstream-failure.js';

/** The first try's; c-ares doubles it with each further one. Resolvers that are there answer in a few ms. */
const TRY_TIMEOUT_MS = 2_000;
const TRIES = 2;
/** Names that are being asked for at the same time; who gives up leaves his question behind until it times out. */
const MAX_PENDING = 512;

export class NameResolver {
  #resolver: Promise<Resolver> | undefined;
  readonly #pending = new Map<string, Promise<string[]>>();

  /** @param servers as `dns.setServers` takes them; the machine's own when empty */
  constructor(private readonly servers: readonly string[]) {}

  /**
   * Every IPv4 and IPv6 address of the name, the former first: not every host can be reached by the latter.
   * Nothing is kept: the next call asks again. @throws Error with `code`, as node:dns has it, when there is none
   */
  resolve(name: string): Promise<string[]> {
    const asked = this.#pending.get(name);
    if (asked !== undefined) return asked;
    if (this.#pending.size >= MAX_PENDING)
      return Promise.reject(
        new UpstreamFailure('UPSTREAM_UNREACHABLE', 'cannot be looked up now', 'names pending', true),
      );
    const answer = this.#ask(name).finally(() => this.#pending.delete(name));
    this.#pending.set(name, answer);
    return answer;
  }

  async #ask(name: string): Promise<string[]> {
    this.#resolver ??= this.#open();
    const resolver = await this.#resolver;
    const [ipv4, ipv6] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    const addresses = [ipv4, ipv6].flatMap((family) => (family.status === 'fulfilled' ? family.value : []));
    if (addresses.length > 0) return addresses;
    throw (ipv4 as PromiseRejectedResult).reason ?? new Error('the name has no address');
  }

  /** On first use: a start does not pay for it. */
  async #open(): Promise<Resolver> {
    const { Resolver } = await import('node:dns/promises');
    const resolver = new Resolver({ timeout: TRY_TIMEOUT_MS, tries: TRIES });
    if (this.servers.length > 0) resolver.setServers(this.servers);
    return resolver;
  }
}
