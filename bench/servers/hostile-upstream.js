// @ts-check
/** The upstream that misbehaves, as a process of its own: what it does to itself is not to be taken for what it does to us. */
import { startHostileUpstream } from '../../test/support/hostile-upstream.js';
import { announce } from './announce.js';

const { port } = await startHostileUpstream();
announce(port);
