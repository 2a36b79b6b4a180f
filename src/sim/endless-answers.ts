import type { Socket } from 'node:net';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';

/** Connections whose answer never ends by itself. A graceful stop would wait for them in vain, and cuts them first. */
@Injectable()
export class EndlessAnswers implements OnModuleDestroy {
  readonly #sockets = new Set<Socket>();
  #isEnding = false;

  add(socket: Socket): void {
    if (this.#isEnding) {
      socket.destroy();
      return;
    }
    if (this.#sockets.has(socket)) return;
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  onModuleDestroy(): void {
    this.#isEnding = true;
    for (const socket of this.#sockets) socket.destroy();
  }
}
