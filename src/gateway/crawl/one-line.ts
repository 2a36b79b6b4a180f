/**
 * Valid JSON on one line. A string in it holds line breaks only as escapes; so those that are there are space between
 * two tokens, and so is what indents the line after them.
 */
export const oneLine = (json: string): string =>
  json.includes('\n') || json.includes('\r') ? json.replace(/[\r\n][ \t\r\n]*/g, '') : json;
