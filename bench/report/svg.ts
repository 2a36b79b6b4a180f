const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** As text or as an attribute's value, in HTML and SVG. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (found) => ENTITIES[found] ?? '');

type Attributes = Record<string, string | number>;

/** `content` is markup: what comes from outside has to be escaped. Numbers get the digits that a screen can show. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === 'number' ? Number(value.toFixed(2)) : escaped(value)}"`,
  );
  return `<${name}${written.join('')}>${content}</${name}>`;
}

/** A drawing that says what it shows to whoever does not see it. */
export function drawing(
  { width, height, title, about }: { width: number; height: number; title: string; about: string },
  content: string,
): string {
  return element(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, role: 'img' },
    `${element('title', {}, escaped(title))}${element('desc', {}, escaped(about))}${content}`,
  );
}
