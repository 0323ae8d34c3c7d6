import { readFileSync } from 'node:fs';

/** What a process holds in memory, in bytes; 0 where the system does not say. */
export function memoryOf(pid: number): number {
  try {
    const [, pages] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
    return Number(pages) * 4_096;
  } catch {
    return 0;
  }
}
