import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { child } from '#test/support/child.js';
import { withLock } from './lock.js';

describe('the lock of a folder', () => {
  let folder: string;
  let lock: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lock-'));
    lock = join(folder, 'lock');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const inChild = (work: string) =>
    child(`import { withLock } from '#platform/embedded-postgres/lock.js'; import * as fs from 'node:fs';
      ${work}`);
  const held = (then: string) => `withLock(${JSON.stringify(lock)}, async () => { ${then} })`;

  it('lets one after the other in, across processes, so that no count is lost', async () => {
    const counter = join(folder, 'counter');
    writeFileSync(counter, '0');
    const file = JSON.stringify(counter);
    const count = held(`const seen = Number(fs.readFileSync(${file}, 'utf8')); await new Promise(setImmediate);
      fs.writeFileSync(${file}, String(seen + 1));`);
    const racers = [1, 2, 3].map(() => inChild(`for (let i = 0; i < 20; i++) await ${count};`));
    expect(await Promise.all(racers.map(racer => racer.ended))).toEqual([0, 0, 0]);
    expect(readFileSync(counter, 'utf8')).toBe('60');
  });

  it('is free again when its holder was killed', async () => {
    const holder = inChild(
      `setInterval(() => {}, 1000); await ${held(`console.log('mine'); await new Promise(() => {});`)}`,
    );
    await holder.line();
    await holder.kill();
    expect(await withLock(lock, async () => 'ours now')).toBe('ours now');
  });

  it('is held by one only, when many wait for a holder that was killed', async () => {
    const inside = join(folder, 'inside');
    await withLock(lock, async () => {});
    writeFileSync(join(lock, '7'), '999999-1'); // no such process
    const alone = async () => {
      expect(existsSync(inside)).toBe(false);
      writeFileSync(inside, '');
      await new Promise(setImmediate);
      rmSync(inside);
    };
    await Promise.all(Array.from({ length: 10 }, () => withLock(lock, alone)));
    expect(readdirSync(lock)).toEqual(['17']);
  });

  it('is released when the work fails, and the failure reaches the caller', async () => {
    const failing = withLock(lock, () => Promise.reject(new Error('no disk')));
    await expect(failing).rejects.toThrow('no disk');
    expect(await withLock(lock, async () => 'free')).toBe('free');
  });
});
