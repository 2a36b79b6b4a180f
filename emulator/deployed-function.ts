/** A function as its stack deploys it. */
export interface DeployedFunction {
  name: string;
  /** The folder that holds what was in the zip. */
  taskRoot: string;
  /** File without its ending, a dot, the export. */
  handler: string;
  memoryMb: number;
  timeoutMs: number;
  /** The variables that the stack sets. The function sees these, AWS's own and PATH: nothing else of ours. */
  environment: Record<string, string>;
  /** The Node.js that runs it; without one, the one that runs this. */
  node?: string | undefined;
  /** How long INIT may take at first; AWS gives 10 s. */
  initLimitMs?: number;
}
