import type { Plugin } from 'rolldown';

const eager = /const dateTimeFormatter = (new Intl\.DateTimeFormat\([^)]*\));/;

/** Nest builds a date formatter in each of its two loggers at load, for lines that we do not log. */
export function lazyFormatters(): Plugin {
  return {
    name: 'lazy-formatters',
    transform: {
      filter: { id: /@nestjs\/common\/services\/(console-)?logger\.service\.js$/ },
      handler(code, id) {
        if (!eager.test(code))
          this.error(`${id} builds no date formatter at load any more: look at this plug-in again`);
        const lazy =
          'let builtFormatter; const dateTimeFormatter = { format: (date) => (builtFormatter ??= $1).format(date) };';
        // Within one line: the map stays right.
        return { code: code.replace(eager, lazy), map: null };
      },
    },
  };
}
