// @ts-check
/**
 * The least that Node.js does for a request: no framework, no routes to match, no database. Whatever is built on
 * node:http does more for each request, so this is a limit to compare it with.
 */
import { createServer } from 'node:http';
import { listen } from './listen.js';

const body = '{"Hello":"World"}';
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };

const server = createServer((_request, response) => response.writeHead(200, headers).end(body));
listen(server, 'Answers {"Hello":"World"} to everything.', 3001);
