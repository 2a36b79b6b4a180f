// @ts-check
/**
 * What `await` is made of. A generator that yields a promise stops there; the runner waits for it and hands the result
 * in, or throws the error in, where it stopped. While one task waits others run: on one thread, in turns that end at
 * each `yield` and nowhere else.
 */
import { setTimeout as wait } from 'node:timers/promises';

/**
 * Runs a task to its end.
 * @template T
 * @param {Generator<unknown, T, any>} task
 * @returns {Promise<T>} what it returns; rejects with what it throws and does not catch
 */
function run(task) {
  return new Promise((resolve, reject) => {
    const step = (/** @type {() => IteratorResult<unknown, T>} */ goOn) => {
      try {
        const { value, done } = goOn();
        if (done) return resolve(value);
        Promise.resolve(value).then(
          (result) => step(() => task.next(result)),
          (error) => step(() => task.throw(error)),
        );
      } catch (error) {
        reject(error);
      }
    };
    step(() => task.next());
  });
}

const say = (/** @type {string} */ line) => process.stdout.write(`${line}\n`);

/** @returns {Generator<unknown, number, any>} */
function* count(/** @type {string} */ name, /** @type {number} */ to) {
  for (let n = 1; n <= to; n += 1) {
    yield wait(20);
    say(`${name} ${n}`);
  }
  return to;
}

/** @returns {Generator<unknown, string, any>} */
function* careful() {
  try {
    yield wait(30).then(() => Promise.reject(new Error('no connection')));
    return 'never said';
  } catch (error) {
    return `caught where it stopped: ${/** @type {Error} */ (error).message}`;
  }
}

/** @returns {Generator<unknown, number, any>} */
function* both() {
  // Begun together, then waited for: the tasks take turns.
  const [a, b] = yield Promise.all([run(count('a', 3)), run(count('b', 2))]);
  return a + b;
}

say(`steps in all: ${await run(both())}`);
say(await run(careful()));
