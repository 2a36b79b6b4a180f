import type { WriteStream } from 'node:tty';

const BAR_WIDTH = 30;
/** A terminal's bar moves smoothly; a log gets a line now and then. */
const BAR_EVERY_MS = 100;
const LINE_EVERY_MS = 3_000;

/** How far a long command is: a bar where a person watches, plain lines every few seconds elsewhere. */
export class Progress {
  readonly #stream: WriteStream;
  readonly #total: number;
  readonly #unit: string;
  #shownMs = performance.now();
  #isBarOpen = false;

  constructor(total: number, unit: string, stream = process.stderr) {
    this.#total = total;
    this.#unit = unit;
    this.#stream = stream;
  }

  show(done: number): void {
    const isTerminal = this.#stream.isTTY;
    const everyMs = isTerminal ? BAR_EVERY_MS : LINE_EVERY_MS;
    if (performance.now() - this.#shownMs < everyMs && !(isTerminal && done === this.#total)) return;
    this.#shownMs = performance.now();
    const share = this.#total === 0 ? 1 : done / this.#total;
    const figures = `${done} of ${this.#total} ${this.#unit} (${Math.floor(share * 100)} %)`;
    if (!isTerminal) {
      this.#stream.write(`${figures}\n`);
      return;
    }
    const filled = Math.round(share * BAR_WIDTH);
    this.#stream.write(`\r${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${figures}`);
    this.#isBarOpen = true;
  }

  /** Before anything else is written. */
  end(): void {
    if (this.#isBarOpen) this.#stream.write('\n');
    this.#isBarOpen = false;
  }
}
