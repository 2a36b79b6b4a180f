import { build } from '../../scripts/build.js';

/** Before any test: dist/ is what the sources say. */
export const setup = (): Promise<void> => build();
