/** `fault=3:429,7:500:2,9:text:always`: what is wrong with which page, and how often. */
import * as z from 'zod';

/** Bodies that are no page. */
const bodies = ['text', 'cut', 'missing', 'object'] as const;
/** What happens to the connection instead of an answer. */
const connections = ['reset', 'hang'] as const;

/** More than a list that somebody still reads has. */
const MAX_FAULTS = 100;
const MAX_TIMES = 1_000;

export interface PageFault {
  readonly page: number;
  /** A status from 400. */
  readonly kind: number | (typeof bodies)[number] | (typeof connections)[number];
  /** `Infinity`: always. */
  readonly times: number;
}

const kind = [...bodies, ...connections].join('|');
const form = new RegExp(`^([1-9]\\d{0,9}):([45]\\d\\d|${kind})(?::([1-9]\\d{0,3}|always))?$`);
const message = `must be at most ${MAX_FAULTS} of page:what or page:what:times, by commas: what is a status from 400 to 599 or one of ${[...bodies, ...connections].join(', ')}, times a number up to ${MAX_TIMES} or always`;

export const pageFaultsSchema = z
  .string({ error: message })
  .transform((text, context): PageFault[] => {
    const faults = text.split(',', MAX_FAULTS + 1).map(readFault);
    if (faults.length <= MAX_FAULTS && faults.every((fault) => fault !== undefined)) return faults;
    context.addIssue(message);
    return z.NEVER;
  })
  .default([])
  .meta({
    description:
      'What is wrong with which page: a status from 400, a body that is not JSON (`text`, `cut`), that lacks `items` (`missing`) or has an object there (`object`), ' +
      'or a connection that is `reset` or left to `hang`. Once for each seed, unless times are given, as in `7:500:2` and `9:404:always`; the page answers well afterwards. At once, whatever `delay` says',
    default: '',
    examples: ['3:429,7:500:2,9:text:always'],
  });

function readFault(text: string): PageFault | undefined {
  const [, page, kind = '', times = '1'] = form.exec(text) ?? [];
  if (page === undefined || (times !== 'always' && Number(times) > MAX_TIMES)) return undefined;
  return {
    page: Number(page),
    kind: /^\d/.test(kind) ? Number(kind) : (kind as PageFault['kind']),
    times: times === 'always' ? Number.POSITIVE_INFINITY : Number(times),
  };
}
