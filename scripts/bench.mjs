/** Installs what the benchmarks compare with, builds, and runs them: `npm run bench -- --only append`. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './prepare.mjs';

process.chdir(root);
const peers = join(root, 'bench', 'peers');
if (!existsSync(join(peers, 'node_modules'))) {
  const shell = process.platform === 'win32';
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: peers, stdio: 'inherit', shell });
  if (status !== 0) process.exit(status ?? 1);
}
await run('dist/bench/main.js');
