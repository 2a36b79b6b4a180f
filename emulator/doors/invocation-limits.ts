/** Lambda's own limits on a synchronous invocation, whatever the door. */

/** "Request must be smaller than 6291456 bytes for the InvokeFunction operation": of the event as JSON. */
const EVENT_LIMIT_BYTES = 6 * 1024 * 1024;
/** "Response payload size exceeded maximum allowed payload size (6291556 bytes)": of the result as JSON. */
export const RESULT_LIMIT_BYTES = 6_291_556;

const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');

export const isEventTooLarge = (event: object): boolean => jsonBytes(event) >= EVENT_LIMIT_BYTES;
export const isResultTooLarge = (result: unknown): boolean => jsonBytes(result) > RESULT_LIMIT_BYTES;
