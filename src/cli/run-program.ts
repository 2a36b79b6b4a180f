import type { Command } from 'commander';
import { ConfigError } from '../config.js';
import { MigrationError } from '../database/migrations/migrate.js';
import { databaseProblem } from '../database/problems.js';

/** What a command will not do; its message is for the operator. */
export class Refusal extends Error {}

/** What was foreseen is said in a sentence, with exit code 1; a stack is for what nobody foresaw. */
export async function runProgram(program: Command): Promise<void> {
  try {
    await program.parseAsync();
  } catch (error) {
    const isForeseen =
      error instanceof ConfigError || error instanceof MigrationError || error instanceof Refusal;
    const explained = isForeseen ? error : databaseProblem(error);
    if (!explained) throw error;
    process.stderr.write(`${explained.message}\n`);
    process.exitCode = 1;
  }
}
