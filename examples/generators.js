// @ts-check
/**
 * A generator is a function that stops at each `yield` and goes on when it is asked for more. Three things follow, and
 * pages, rows and lines are streamed here by all three: only what is asked for is made, a value can be handed in where
 * it stopped, and who stops asking makes it clean up.
 */
const say = (/** @type {string} */ line) => process.stdout.write(`${line}\n`);

/** Without end; nothing of it is made before somebody asks. */
function* squares() {
  try {
    for (let n = 1; ; n += 1) {
      say(`  making the square of ${n}`);
      yield n * n;
    }
  } finally {
    say('  nobody asks any more: cleaned up');
  }
}

say('Made one by one, as they are asked for:');
for (const square of squares()) {
  say(`took ${square}`);
  if (square > 4) break;
}

/** `yield` also hands in: each time the average of all numbers so far. */
function* average() {
  let [sum, count] = [0, 0];
  for (;;) {
    /** @type {number} */
    const number = yield count === 0 ? undefined : sum / count;
    sum += number;
    count += 1;
  }
}

say('Values handed in, state kept between them:');
const averages = average();
averages.next(0); // To the first yield; what this one hands in goes nowhere.
for (const number of [2, 4, 9]) say(`${number} makes the average ${averages.next(number).value}`);

/** Generators feed each other: still one value at a time, however long the first one is. */
function* where(
  /** @type {Iterable<number>} */ numbers,
  /** @type {(number: number) => boolean} */ isWanted,
) {
  for (const number of numbers) if (isWanted(number)) yield number;
}

say('One feeding another:');
for (const square of where(squares(), (number) => number % 2 === 0)) {
  say(`took ${square}`);
  break;
}
