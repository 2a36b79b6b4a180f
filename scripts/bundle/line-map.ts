import { decode, encode, type SourceMapMappings, type SourceMapSegment } from '@jridgewell/sourcemap-codec';
import type { SourceMap } from 'rolldown';

/**
 * A map that leads to lines, not to columns, and has no names: stacks in a log say `src/...ts:line`, and all of the zip is
 * loaded at each cold start. A position is looked up by the nearest segment before it, so the first of each line is enough.
 */
export function lineMap({ mappings, sources }: Pick<SourceMap, 'mappings' | 'sources'>) {
  return { version: 3, sources, names: [], mappings: encode(firstOfLines(decode(mappings))) };
}

function firstOfLines(lines: SourceMapMappings): SourceMapMappings {
  return lines.map((segments) => {
    let before = '';
    return segments.flatMap(([column, ...place]): SourceMapSegment[] => {
      const [source, line] = place;
      const now = `${source}:${line}`;
      if (now === before) return [];
      before = now;
      return source === undefined || line === undefined ? [[column]] : [[column, source, line, 0]];
    });
  });
}
