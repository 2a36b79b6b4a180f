import { element, escaped } from './svg.js';

/** A table in Markdown, as the scenarios write it, in HTML. Its cells are plain text. */
export function markdownTable(markdown: string): string {
  const [head = '', , ...rows] = markdown.split('\n');
  const row = (line: string, name: string) =>
    element(
      'tr',
      {},
      line
        .split('|')
        .slice(1, -1)
        .map((text) => element(name, {}, escaped(text.trim())))
        .join(''),
    );
  const body = rows.map((line) => row(line, 'td')).join('\n');
  return element('table', {}, element('thead', {}, row(head, 'th')) + element('tbody', {}, body));
}
