/** Fields that frame a body on a connection: the service has one of its own, and counts the length itself. */
export const ofTheConnection: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'transfer-encoding',
]);
