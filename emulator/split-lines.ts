import type { Readable } from 'node:stream';

/** Hands on each line of a stream. Only \n ends one: the runtime writes \r for a break inside a line. */
export function splitLines(stream: Readable | null, take: (line: string) => void): void {
  let rest = '';
  stream?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  });
  stream?.on('end', () => {
    if (rest) take(rest);
  });
}
