/** Who gets room for a body, and when. */
import { expect, test } from 'vitest';
import { ReadingRoom, type RoomTicket } from '#dist/outbound/reading-room.js';

const MIB = 1024 ** 2;
const ROOM_BYTES = 16 * MIB;
const never = new AbortController().signal;

function roomWith(count: number) {
  const room = new ReadingRoom();
  const tickets = Array.from({ length: count }, () => room.ticket());
  const entered: number[] = [];
  const asks = (index: number, bytes: number) =>
    (tickets[index] as RoomTicket).reserve(bytes, never).then(() => entered.push(index));
  const ticket = (index: number) => tickets[index] as RoomTicket;
  return { room, ticket, asks, entered };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('all that fit, in the order of their tickets; the next one when there is room again', async () => {
  const { ticket, asks, entered } = roomWith(6);
  for (const index of [5, 4, 3, 2, 1]) void asks(index, 5 * MIB);
  await settled();
  expect(entered).toEqual([5, 4, 3]);
  ticket(4).settle(2 * MIB);
  await settled();
  expect(entered).toEqual([5, 4, 3]);
  ticket(3).release();
  await settled();
  expect(entered).toEqual([5, 4, 3, 1]);
  ticket(5).release();
  await settled();
  expect(entered).toEqual([5, 4, 3, 1, 2]);
});

test('the first that has not finished where all is taken, and only one such at a time', async () => {
  const { ticket, asks, entered } = roomWith(7);
  for (const index of [3, 4, 5, 6]) void asks(index, 4 * MIB);
  for (const index of [3, 4, 5, 6]) ticket(index).finish();
  void asks(1, 4 * MIB);
  await settled();
  expect(entered).toEqual([3, 4, 5, 6]);
  ticket(0).release();
  await settled();
  expect(entered).toEqual([3, 4, 5, 6, 1]);
  ticket(1).finish();
  void asks(2, 4 * MIB);
  await settled();
  expect(entered).toEqual([3, 4, 5, 6, 1]);
  ticket(1).release();
  await settled();
  expect(entered).toEqual([3, 4, 5, 6, 1, 2]);
});

test('a body larger than the room, alone', async () => {
  const { ticket, asks, entered } = roomWith(3);
  void asks(1, ROOM_BYTES + 1);
  void asks(2, ROOM_BYTES + 1);
  await settled();
  expect(entered).toEqual([1]);
  ticket(1).release();
  await settled();
  expect(entered).toEqual([1, 2]);
});

test('nobody who has waited long enough, or whose call has ended, and others instead', async () => {
  const { ticket, asks, entered } = roomWith(5);
  void asks(1, ROOM_BYTES);
  expect(await ticket(2).reserve(ROOM_BYTES, never, 1)).toBe(false);
  const ends = new AbortController();
  const waits = ticket(3).reserve(ROOM_BYTES, ends.signal);
  void asks(4, 1);
  ends.abort(new Error('over'));
  await expect(waits).rejects.toThrow('over');
  await expect(ticket(3).reserve(1, ends.signal)).rejects.toThrow('over');
  expect(entered).toEqual([1]);
  ticket(1).release();
  await settled();
  expect(entered).toEqual([1, 4]);
});

test('who asks for more gives back first what it has', async () => {
  const { ticket, asks, entered } = roomWith(3);
  void asks(1, ROOM_BYTES / 2);
  void asks(2, ROOM_BYTES / 2);
  void asks(1, ROOM_BYTES);
  await settled();
  expect(entered).toEqual([1, 2]);
  ticket(2).release();
  await settled();
  expect(entered).toEqual([1, 2, 1]);
});
