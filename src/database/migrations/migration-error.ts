/** Says to an operator which migration stopped, why, and what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}
