import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, checkServerIdentity } from 'node:tls';
import type { ServerUrl } from '../../database-url.js';

/**
 * No password before the certificate is checked. Of a server that says it is MariaDB the driver (3.4.5) looks at the
 * certificate only after the login, and until then any stranger may ask for the password in clear and gets it. Here
 * the driver finds an empty password until Node has found the certificate good; its own check then ends the login.
 */
export class TrustedLogin {
  /** For the driver's `ssl`. */
  readonly tls: ConnectionOptions | false;
  /** For the driver's `stream`, which it calls with its own options as `this`. */
  readonly stream: () => Socket;
  #isTrusted: boolean;

  constructor(url: ServerUrl, tls: ConnectionOptions | false, onSocket: (socket: Socket) => void) {
    this.#isTrusted = tls === false;
    this.tls = tls && { ...tls, checkServerIdentity: this.#checkedBy(tls) };
    const password = () => (this.#isTrusted ? url.password : '');
    this.stream = function (this: object) {
      const socket = url.host.startsWith('/') ? connect(url.host) : connect(url.port, url.host);
      Object.defineProperty(this, 'password', { get: password });
      onSocket(socket);
      return socket;
    };
  }

  /** Node asks it of a certificate whose authority is trusted, and of no other. */
  #checkedBy({ checkServerIdentity: check = checkServerIdentity }: ConnectionOptions): typeof check {
    return (host, certificate) => {
      const objection = check(host, certificate);
      this.#isTrusted = objection === undefined;
      return objection;
    };
  }
}
