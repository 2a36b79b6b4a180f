import { type Environment, settings } from '../src/config.js';

/** Where a server listens is no business of a function. */
const ofServers = ['PORT', 'HOST'];

/** The application's settings among the variables of this process: what a stack sets for its function. */
export function settingsOfFunction(environment: Environment): Record<string, string> {
  const given: Record<string, string> = {};
  for (const name of Object.keys(settings))
    if (environment[name] && !ofServers.includes(name)) given[name] = environment[name];
  return given;
}
