/** Lists in which each page names the next, by a cursor or a link: one after the other. */
import { parseUrl } from '../../parse-url.js';
import { Problem } from '../../problem.js';
import type { ArrivedPage, Frontier, PageRequest } from './frontier.js';

interface Chain {
  /** Of the first page. */
  readonly url: string;
  /** Whether each next URL is the upstream's own (a link), and not ours with a cursor of its. */
  readonly isLinked: boolean;
  readonly maxPages: number;
}

export class ChainedPages implements Frontier {
  #next: PageRequest | undefined;
  #isAtEnd = false;
  #loop: Problem | undefined;
  /** Pages' URLs, asked for and answered from. */
  readonly #visited = new Set<string>();

  constructor(private readonly chain: Chain) {
    this.#next = { page: 1, url: chain.url, hasHeaders: true };
    this.#visited.add(normal(chain.url));
  }

  next(): PageRequest | undefined {
    const request = this.#next;
    if (request === undefined || request.page > this.chain.maxPages) return undefined;
    this.#next = undefined;
    return request;
  }

  arrived({ page, hasHeaders }: PageRequest, { url, nextUrl, sameAs }: ArrivedPage): undefined {
    this.#visited.add(normal(url));
    const isRepeated = sameAs !== undefined;
    if (nextUrl === undefined) this.#isAtEnd = !isRepeated;
    else if (this.#visited.has(normal(nextUrl)))
      this.#loop = new Problem(
        'PAGING_LOOP',
        `Page ${page} names as the next one a page that was visited before.`,
        {
          isLogged: true,
        },
      );
    else if (!isRepeated) {
      this.#visited.add(normal(nextUrl));
      const { isLinked } = this.chain;
      this.#next = {
        page: page + 1,
        url: nextUrl,
        ...(isLinked && { linkedFrom: url }),
        // Once elsewhere, they stay away: whoever got the chain could send them anywhere.
        hasHeaders: isLinked
          ? hasHeaders && [url, nextUrl].every((other) => originOf(other) === originOf(this.chain.url))
          : hasHeaders,
      };
    }
  }

  failed(): void {
    // What comes after it nobody knows.
  }

  has(): boolean {
    return true;
  }

  get isAtEnd(): boolean {
    return this.#isAtEnd;
  }

  unbegun(): number[] {
    return this.#next && this.#next.page <= this.chain.maxPages ? [this.#next.page] : [];
  }

  get loop(): Problem | undefined {
    return this.#loop;
  }
}

/** As the call will read it; what is no URL is refused there. */
function normal(text: string): string {
  const url = parseUrl(text);
  if (!url) return text;
  url.hash = '';
  return url.href;
}

const originOf = (text: string): string | undefined => parseUrl(text)?.origin;
