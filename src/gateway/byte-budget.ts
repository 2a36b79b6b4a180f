import type { Config } from '../config.js';
import { Problem } from '../problem.js';

/** Of an answer that goes out as it comes: more than a slow line takes in the longest time a call may have. */
const MAX_STREAM_BYTES = 256 * 1024 ** 2;

/** How many bytes an answer may still grow by. */
export class ByteBudget {
  #left: number;

  private constructor(private readonly bytes: number) {
    this.#left = bytes;
  }

  /** @param isStream whether the answer is wanted as it comes; where the door cannot do that, it is collected after all */
  static of({ canStream, outbound }: Config, isStream: boolean): ByteBudget {
    return new ByteBudget(isStream && canStream ? MAX_STREAM_BYTES : outbound.maxTotalBytes);
  }

  /** Whether there was room for them: then it is taken. */
  takes(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }

  /** What is said of what does not fit any more. */
  problem(): Problem {
    return new Problem('UPSTREAM_TOO_LARGE', `The answer would have more than ${this.bytes} bytes.`, {
      isLogged: true,
    });
  }
}
