const nobodyChangesThis = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** Holds the thread that calls it for `ms`, asleep: on the main thread, everybody waits. */
export function block(ms: number): void {
  Atomics.wait(nobodyChangesThis, 0, 0, ms);
}
