import { readdir } from 'node:fs/promises';
import type { Scenario } from './scenario.js';

/** One file of bench/scenarios each. */
export const scenarioNames = async (): Promise<string[]> =>
  (await readdir(new URL('./scenarios/', import.meta.url))).map((file) => file.replace(/\.ts$/, '')).sort();

/** Needs dist/. */
export const loadScenario = async (name: string): Promise<Scenario> =>
  ((await import(`./scenarios/${name}.ts`)) as { scenario: Scenario }).scenario;
