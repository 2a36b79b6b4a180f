/** Says on stderr how far `name` is: in place on a terminal, once at the end elsewhere. */
export function progressOf(name: string): (done: number, total: number) => void {
  const { stderr } = process;
  return (done, total) => {
    if (stderr.isTTY) stderr.write(`\r${name} ${done}/${total}${done === total ? '\n' : ''}`);
    else if (done === total) stderr.write(`${name} ${done}/${total}\n`);
  };
}
