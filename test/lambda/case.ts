/** One thing that an adapter or a door could get wrong. */
import type { HttpRequest } from '../../emulator/doors/door.js';
import type { Seen, Way } from './ways.js';

export type DoorName =
  | 'API Gateway v1'
  | 'API Gateway v2'
  | 'ALB'
  | 'Function URL'
  | 'Function URL, streaming';

interface Exception {
  /** Which service does it and why, as the documents say it. */
  reason: string;
  /** What is seen instead: as in `toMatchObject`. */
  sees: object;
}

export interface Case {
  name: string;
  /** @returns what the client sees, or what the application saw; alike whichever way it went */
  run(call: Call, way: Way): Promise<unknown>;
  /** A streaming Function URL takes after the buffered one, unless it is named; `null`: no exception there. */
  except?: Partial<Record<DoorName, Exception | null>>;
}

export const exceptionAt = ({ except = {} }: Case, door: string): Exception | undefined => {
  const own = except[door as DoorName];
  return (
    (own === undefined && door === 'Function URL, streaming' ? except['Function URL'] : own) ?? undefined
  );
};

export type Call = (
  request: Partial<Omit<HttpRequest, 'sourceIp' | 'body'>> & { body?: Buffer | string },
) => Promise<Seen>;

export const callThrough =
  (way: Way): Call =>
  ({ method = 'GET', target = '/', fields = [], body = '' }) =>
    way.call({ method, target, fields, body: Buffer.from(body) });

/** Of the connection, of the moment, or the service's own. */
const notCompared =
  /^(connection|keep-alive|transfer-encoding|content-length|date|server|x-process-time|server-timing|x-amzn-remapped-(content-length|date|connection))$/;

/** An answer, comparable: fields by name (several as a list, of which RFC 9110, 5.3 says that a comma may join it), the body as text or as bytes. */
export function comparable({ status, fields, body }: Seen): Record<string, unknown> {
  const headers: Record<string, string> = {};
  const cookies: string[] = [];
  for (const [given, value] of fields) {
    const name = given.toLowerCase();
    if (name === 'set-cookie') cookies.push(value);
    else if (!notCompared.test(name)) headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  // What type a body has that there cannot be says nothing.
  if (status === 204 || status === 304) delete headers['content-type'];
  return { status, headers, cookies, body: body === 'cut' ? 'cut' : legible(body) };
}

/** Text where it is text, else bytes; of much, its size and its ends. */
function legible(body: Buffer): string {
  const text = body.toString('utf8');
  const whole = Buffer.from(text).equals(body) ? text : `hex ${body.toString('hex')}`;
  return whole.length > 4_000 ? `${body.length} bytes: ${whole.slice(0, 40)}…${whole.slice(-40)}` : whole;
}
