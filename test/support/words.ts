/** The words of a text, for lists too long for a line each. Only spaces and line breaks part them: the rest may be meant. */
export const words = (text: string): string[] => text.split(/[ \n]+/).filter(Boolean);
