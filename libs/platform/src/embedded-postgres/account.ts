import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** A user of the operating system under whom Postgres runs. */
export type Account = { readonly uid: number; readonly gid: number };

/**
 * Under whom the server of a cluster runs, when it cannot be us: Postgres refuses to run as root. The owner of a cluster
 * that exists, otherwise `postgres`, otherwise `nobody`. Undefined when we are an ordinary user.
 * @throws Error when the machine has neither of them.
 */
export function serverAccount(cluster: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const owner = statSync(cluster, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const account = accountNamed('postgres') ?? accountNamed('nobody');
  if (account) return account;
  throw new Error(
    'Postgres does not run as root, and this machine has no user "postgres" or "nobody". Start as an ordinary user, or set DATABASE_URL.',
  );
}

function accountNamed(name: string): Account | undefined {
  const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

/** Whether the account (undefined: we, who always may) can read `path` and enter it, by the permission bits of it and all folders above. */
export function reaches(account: Account | undefined, path: string): boolean {
  if (!account) return true;
  const { uid, gid, mode } = statSync(path);
  const bits = uid === account.uid ? mode >> 6 : gid === account.gid ? mode >> 3 : mode;
  return (bits & 5) === 5 && enters(account, dirname(resolve(path)));
}

/** Whether the account may pass through `folder` and all folders above. */
export function enters(account: Account | undefined, folder: string): boolean {
  if (!account) return true;
  const { uid, gid, mode } = statSync(folder);
  const bits = uid === account.uid ? mode >> 6 : gid === account.gid ? mode >> 3 : mode;
  const above = dirname(folder);
  return (bits & 1) === 1 && (above === folder || enters(account, above));
}
