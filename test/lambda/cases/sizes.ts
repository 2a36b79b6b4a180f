/** How much goes through each door. */
import { type Case, comparable, type DoorName } from '../case.js';
import { reasons } from './reasons.js';

const MB = 1_000_000;

const sent = (name: string, bytes: number, type: string, except: Case['except'] = {}): Case => ({
  name,
  run: async (call) => {
    const body = Buffer.alloc(bytes, type === 'text/plain' ? 'x' : Buffer.from([0, 255, 128]));
    const answer = await call({ method: 'POST', target: '/echo/x', fields: [['Content-Type', type]], body });
    if (answer.status !== 200 || answer.body === 'cut') return comparable(answer);
    const { bytes: arrived, sha256 } = JSON.parse(answer.body.toString());
    return { status: 200, arrived, sha256 };
  },
  except,
});

const received = (name: string, bytes: number, of: string, except: Case['except'] = {}): Case => ({
  name,
  run: async (call) => comparable(await call({ target: `/answers/large?bytes=${bytes}&of=${of}` })),
  except,
});

/** The same exception at several doors. */
const at = (names: DoorName[], reason: string, sees: object): Case['except'] =>
  Object.fromEntries(names.map((name) => [name, { reason, sees }]));

const refused = { status: 413 };
const tooLarge = {
  status: 500,
  headers: { 'content-type': 'application/problem+json; charset=utf-8' },
  body: expectCode('ANSWER_TOO_LARGE'),
};
const gateways: DoorName[] = ['API Gateway v1', 'API Gateway v2'];
const sixMb: DoorName[] = [...gateways, 'Function URL'];
const balancer = at(['ALB'], reasons.balancerBody, refused);
const balancerAnswer = at(['ALB'], reasons.balancerAnswer, tooLarge);
/** What streams has no such limit. */
const beyondSixMb: Case['except'] = {
  ...balancerAnswer,
  ...at(sixMb, reasons.result, tooLarge),
  'Function URL, streaming': null,
};

/** A problem's body holds it, whatever else it says. */
function expectCode(code: string): object {
  return { asymmetricMatch: (body: unknown) => String(body).includes(`"code":"${code}"`) };
}

export const sizeCases: Case[] = [
  sent('body of 0.9 MB', 0.9 * MB, 'application/octet-stream'),
  sent('body of 1.2 MB', 1.2 * MB, 'application/octet-stream', balancer),
  sent('body of 4.5 MB', 4.5 * MB, 'application/octet-stream', balancer),
  sent('body of 5 MB', 5 * MB, 'application/octet-stream', {
    ...balancer,
    ...at(sixMb, reasons.event, refused),
  }),
  sent('text body of 6 MB', 6 * MB, 'text/plain', {
    ...balancer,
    ...at(['API Gateway v1'], reasons.event, refused),
  }),
  sent('body of 11 MB', 11 * MB, 'application/octet-stream', {
    ...balancer,
    ...at(gateways, reasons.gateway, refused),
    ...at(['Function URL'], reasons.event, refused),
  }),
  received('answer of 0.7 MB', 0.7 * MB, 'binary'),
  received('answer of 0.9 MB', 0.9 * MB, 'binary', balancerAnswer),
  received('answer of 4.5 MB', 4.5 * MB, 'binary', balancerAnswer),
  received('answer of 5 MB', 5 * MB, 'binary', beyondSixMb),
  received('text answer of 1.1 MB', 1.1 * MB, 'x', balancerAnswer),
  received('text answer of 6 MB', 6 * MB, 'x', balancerAnswer),
  received('text answer of 3.5 MB, all to be escaped', 3.5 * MB, '%22', beyondSixMb),
  received('text answer of 7 MB', 7 * MB, 'x', beyondSixMb),
];
