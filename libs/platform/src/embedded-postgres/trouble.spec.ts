import { describe, expect, it } from '@jest/globals';
import { troubleWith } from './trouble.js';

describe('trouble with the database folder', () => {
  const told = (message: string) => troubleWith('/data/postgres', new Error(message)).message;

  it('is called a full disk, whether Node or Postgres found out', () => {
    const full = 'The disk of /data/postgres is full. Make room, or set DATA_DIR elsewhere.';
    expect(told('ENOSPC: no space left on device, mkdir')).toContain(full);
    expect(told('initdb could not make the database: could not write to file: No space left on device')).toContain(
      full,
    );
  });

  it('is called a lack of permission, with what to do', () => {
    const sentence = 'This user may not use the database folder /data/postgres. Start as the user it belongs to,';
    expect(told("EACCES: permission denied, open '/data/postgres/cluster/chronicle.password'")).toContain(sentence);
    expect(told('EROFS: read-only file system, mkdir')).toContain(sentence);
  });

  it('keeps the words of Postgres where it said something else', () => {
    expect(told('Postgres did not start: FATAL: out of memory')).toBe('Postgres did not start: FATAL: out of memory');
  });
});
