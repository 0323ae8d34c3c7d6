import { run } from './prepare.mjs';

const byNpm = process.env.npm_lifecycle_event === 'start';

// npm changes to the root; what the user names (DATA_DIR, files) is meant from where they are.
if (byNpm && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);

// npm starts us through a shell. A SIGTERM to npm ends both, and would leave us behind with the port.
const parent = process.ppid;
const watch = byNpm && setInterval(endWithParent, 500).unref();
function endWithParent() {
  if (process.ppid === parent) return;
  clearInterval(watch);
  process.kill(process.pid, 'SIGTERM');
}

await run('dist/apps/api/src/main.js');
