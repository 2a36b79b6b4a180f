import { engineUnderTest } from './engines.js';
import { direct, type Transport, transports } from './transports.js';

/** All doors on one engine, one door on the others: where the doors differ, the database has no part. */
export const doorsUnderTest: Transport[] = engineUnderTest.engine === 'sqlite' ? transports : [direct];
