import { readdirSync, readFileSync } from 'node:fs';

/**
 * The states that a process's threads are in, each once, as proc(5) has them: `T` is stopped. Empty when there is no
 * such process, or it is dead and only waits for its parent to look.
 */
export function processState(pid: number): string {
  try {
    const states = readdirSync(`/proc/${pid}/task`).map((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .slice(0, 1),
    );
    return [...new Set(states)].filter((state) => !'ZX'.includes(state)).join('');
  } catch {
    return '';
  }
}
