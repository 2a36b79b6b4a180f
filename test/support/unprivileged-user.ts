import { readFileSync } from 'node:fs';

export interface User {
  uid: number;
  gid: number;
}

/** Whom to run a program as that refuses to be root: `account` or nobody; undefined where we are not root. */
export function unprivilegedUser(account: string): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of [account, 'nobody']) {
    const [, , uid, gid] = users.find((fields) => fields[0] === name) ?? [];
    if (uid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(`There is neither a user ${account} nor nobody to run a server as.`);
}
