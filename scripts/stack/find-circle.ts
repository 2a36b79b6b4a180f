/** Names that wait for each other in a circle, the first once more at the end: CloudFormation refuses the whole stack. */
export function findCircle(uses: Map<string, string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (name: string, way: string[]): string[] | undefined => {
    if (way.includes(name)) return [...way.slice(way.indexOf(name)), name];
    if (done.has(name)) return undefined;
    done.add(name);
    return firstOf(uses.get(name) ?? [], (used) => visit(used, [...way, name]));
  };
  return firstOf([...uses.keys()], (name) => visit(name, []));
}

function firstOf<T>(names: string[], find: (name: string) => T | undefined): T | undefined {
  for (const name of names) {
    const found = find(name);
    if (found !== undefined) return found;
  }
  return undefined;
}
