import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

/** Reads "+ group" and "- group"; when nothing can come any more, kills the groups that are left, frozen or not. */
const script = `
while read -r sign group; do
  case $sign in
    +) groups="$groups $group" ;;
    -) rest=; for other in $groups; do [ "$other" = "$group" ] || rest="$rest $other"; done; groups=$rest ;;
  esac
done
for group in $groups; do kill -9 "-$group" 2>/dev/null; done`;

let orders: Writable | undefined;

/** A process that outlives this one, however it ends, kill -9 included: its standard input ends then. */
function start(): Writable {
  const child = spawn('sh', ['-c', script, 'undertaker'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // A group of its own: Ctrl-C is meant for us.
    detached: true,
  });
  child.unref();
  // If somebody has killed it, nobody watches; that is no reason to end.
  child.stdin.on('error', () => undefined);
  (child.stdin as Writable & { unref?: () => void }).unref?.();
  return child.stdin;
}

/** A process group that must not outlive this process. A frozen one would stay for ever. */
export function watchOver(group: number): void {
  orders ??= start();
  orders.write(`+ ${group}\n`);
}

/** The group has ended: its number may soon be somebody else's. */
export function letGo(group: number): void {
  orders?.write(`- ${group}\n`);
}
