import { readFileSync } from 'node:fs';

/** State and start time of a process as Linux shows them; undefined elsewhere and for a process that is gone. */
function procStat(pid: number): { state: string; started: string } | undefined {
  try {
    // The command name stands in brackets and may hold anything, also brackets and spaces: count from the last one.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop()!.split(' ');
    return { state: fields[0]!, started: fields[19]! };
  } catch {
    return undefined;
  }
}

/** Names a process for good: its id and, where the system tells, its start time, because ids are used again. */
export function stampOf(pid: number): string {
  return `${pid}-${procStat(pid)?.started ?? 0}`;
}

/** Whether the process of a stamp still runs. One that ended but was not reaped by its parent counts as ended. */
export function isAlive(stamp: string): boolean {
  const [pid, started] = stamp.split('-');
  if (!isRunning(Number(pid))) return false;
  const now = procStat(Number(pid));
  return !now || (now.state !== 'Z' && (started === '0' || now.started === started));
}

/** Whether any process has this id. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it runs, under another user
  }
}
