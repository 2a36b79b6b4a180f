// @ts-check
/**
 * Farebox itself, as in production, but for one thing: a new user's password is not hashed. That takes some 30 ms
 * of a core on purpose, and would hide everything else. Here alone, in this process of the bench, each gets the same hash.
 */
import 'reflect-metadata';
import { createApp } from '#dist/app.js';
import { PasswordHasher } from '#dist/auth/password-hasher.js';
import { readConfig } from '#dist/config.js';
import { announce } from './announce.js';

const hash = await new PasswordHasher().hash('the same for everybody');
PasswordHasher.prototype.hash = async () => hash;

const app = await createApp(readConfig(process.env));
await app.listen({ port: 0, host: '127.0.0.1' });
announce(/** @type {import('node:net').AddressInfo} */ (app.getHttpServer().address()).port);
