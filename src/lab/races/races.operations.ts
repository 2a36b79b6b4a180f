/** What the API documents say of races. */
import { ofTheLab } from '../lab.operations.js';
import { raceEventsSchema, raceSchema } from './races.schema.js';

export const startRace = ofTheLab({
  id: 'startRace',
  summary: 'Race the styles against each other',
  description:
    'Starts a server and a load generator as processes of their own, lets each style do the same work in turns, five repetitions after a ' +
    'warm-up, and says what each did to throughput, latency, an unrelated request and the bill. One at a time. What is likely to take more than ' +
    '45 s is refused; after 58 s a race ends with what it has, `complete` is false. The last ten are kept in memory.',
  answer: raceSchema,
  headers: ['Location'],
  problems: ['RACE_RUNNING', 'NOT_IN_CLUSTER'],
});

export const readRace = ofTheLab({
  id: 'readRace',
  summary: 'Read a race',
  description: 'How far it is, and its table once it is finished.',
  answer: raceSchema,
  problems: ['NOT_FOUND'],
});

export const followRace = ofTheLab({
  id: 'followRace',
  summary: 'Follow a race',
  description:
    'Server-Sent Events: `started`, `progress` (at most five a second), `result` (a repetition of a style), and as the last one `finished`, `stopped` or `failed`, ' +
    'with what `GET /lab/races/{id}` says then. Who comes late gets first what was said so far, or what came after `Last-Event-ID`; 204 where that was all. ' +
    'When the last one who follows a race leaves, it stops; one that nobody ever followed goes on to its end.',
  answer: raceEventsSchema,
  produces: 'text/event-stream',
  problems: ['NOT_FOUND'],
});

export const stopRace = ofTheLab({
  id: 'stopRace',
  summary: 'Stop a race',
  description: 'Answers once nothing of it runs any more. One that is over stays as it is.',
  problems: ['NOT_FOUND'],
});
