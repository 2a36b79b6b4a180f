// @ts-check
/**
 * The same manners for each script: `--help` prints `text` and ends with 0, an unknown flag ends with 2.
 * @param {string} text
 * @param {...string} known flags the script takes
 * @returns {Set<string>} those that were given
 */
export function flags(text, ...known) {
  const given = process.argv.slice(2);
  if (given.includes('--help')) {
    process.stdout.write(`${text}\n`);
    process.exit(0);
  }
  const unknown = given.filter((flag) => !known.includes(flag));
  if (unknown.length > 0) {
    process.stderr.write(`error: unknown argument ${unknown.join(' ')}\n${text}\n`);
    process.exit(2);
  }
  return new Set(given);
}
