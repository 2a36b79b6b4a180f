/** @param json valid: then a line break stands only between its tokens (RFC 8259, 7: a string holds none as it is) */
export const oneLine = (json: string): string => json.replaceAll(/[\r\n]+/g, '');
