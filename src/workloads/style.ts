/** Where the same work is done: on the event loop without a break, on it but awaited, or in a thread of its own. */
export const styles = ['blocking', 'async', 'worker'] as const;
export type Style = (typeof styles)[number];
