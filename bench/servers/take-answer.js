// @ts-check
/** `node take-answer.js URL TOKEN FILE`: asks for lines, takes them as fast as they come, and keeps them. Fails where the answer breaks off. */
import { createWriteStream } from 'node:fs';
import { get } from 'node:http';
import { pipeline } from 'node:stream/promises';

const [url = '', token = '', file = ''] = process.argv.slice(2);
const headers = { accept: 'application/x-ndjson', authorization: `Bearer ${token}` };
get(url, { headers }, (answer) => void pipeline(answer, createWriteStream(file)));
