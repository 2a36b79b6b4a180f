/**
 * @returns nothing where the text is no URL
 *
 * Not by URL.canParse: once Node.js 20 has compiled its caller, after some thousand calls, it takes Latin-1 for UTF-8,
 * refuses http://bücher.de and lets through what the parser then throws at.
 */
export function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
