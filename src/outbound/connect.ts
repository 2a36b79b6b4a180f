/** A connection to a place whose every address the rules allow, checked once more at the address it ended at. */
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import type { CurrentCall } from './current-call.js';
import type { NameResolver } from './name-resolver.js';
import { normalAddress } from './public-address.js';
import { TargetRefused } from './target-refused.js';
import type { Place, TargetRules } from './target-rules.js';

export class Connector {
  constructor(
    private readonly rules: TargetRules,
    private readonly names: NameResolver,
  ) {}

  /**
   * @param call its signal gives the attempt up; once connected it has no effect
   * @returns a connected socket on which nothing has been written yet
   * @throws TargetRefused when ANY address of the name is refused; the resolver's or the system's error
   */
  async open(call: CurrentCall): Promise<Socket> {
    const { target, signal } = call;
    this.rules.checkTarget(target);
    const addresses = await this.addressesOf(target, signal);
    for (const address of addresses) {
      const { reported } = this.rules.checkAddress(target, address);
      if (reported) call.reported = reported;
    }
    signal.throwIfAborted();
    const tried = [4, 6].flatMap((family) =>
      addresses.filter((one) => isIP(one) === family).slice(0, MAX_TRIED),
    );
    const socket = await connected(tried, target.port, signal);
    const reached = normalAddress(socket.remoteAddress ?? '');
    if (tried.some((address) => normalAddress(address) === reached)) return socket;
    socket.destroy();
    throw new TargetRefused('address-not-public', '', reached);
  }

  /** @throws the resolver's error, or the signal's reason */
  async addressesOf(place: Place, signal: AbortSignal): Promise<readonly string[]> {
    if (place.family !== 0) return [place.host];
    return this.rules.knownAddresses(place) ?? (await untilAborted(this.names.resolve(place.host), signal));
  }
}

/** Of each family. A name may have thousands of addresses, and one call is not to knock at all of them. */
const MAX_TRIED = 4;

/** Node.js closes an attempt that took longer, unless it is the last: a lost SYN is sent again after 1 s (RFC 6298). */
const ATTEMPT_MS = 2_500;

/** Tries the addresses in turn, and no others. */
function connected(addresses: readonly string[], port: number, signal: AbortSignal): Promise<Socket> {
  const lookup: LookupFunction = (_host, _options, give) =>
    give(
      null,
      addresses.map((address) => ({ address, family: isIP(address) })),
    );
  return new Promise((resolve, reject) => {
    // The name is never looked up: an address would go past `lookup`, so none is given.
    const socket = connect({
      host: 'target',
      port,
      lookup,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: ATTEMPT_MS,
      noDelay: true,
    });
    const giveUp = () => socket.destroy(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    const settle = () => {
      signal.removeEventListener('abort', giveUp);
      socket.removeListener('error', fail);
      socket.removeListener('connect', succeed);
    };
    const fail = (error: Error) => {
      settle();
      reject(error);
    };
    const succeed = () => {
      settle();
      // Whoever uses it is told by its end; nobody may be listening at this very moment.
      socket.on('error', () => undefined);
      resolve(socket);
    };
    socket.once('error', fail).once('connect', succeed);
  });
}

/** The work goes on by itself; only the wait ends. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    const giveUp = () => reject(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}
