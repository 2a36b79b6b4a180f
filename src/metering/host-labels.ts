/** The `host` label of upstream calls: callers choose the hosts, so only those that the operator named have one. */
export class HostLabels {
  readonly #named: ReadonlySet<string>;

  /** @param named `host` or `host:port`, hosts as `URL.hostname` has them; case does not matter */
  constructor(named: readonly string[]) {
    this.#named = new Set(named.map((host) => host.toLowerCase()));
  }

  /** The name as the operator wrote it, the one with the port first; `other` for every other host. */
  labelOf(host: string, port: number): string {
    const name = host.toLowerCase();
    const named = [`${name}:${port}`, name].find((one) => this.#named.has(one));
    return named ?? 'other';
  }
}
