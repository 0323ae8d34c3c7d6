import { describe, expect, it } from '@jest/globals';
import { WriteGate } from './write-gate.js';

/** Writes that end when the test says so. */
function heldWrites() {
  const started: { readonly end: () => void; readonly fail: (reason: Error) => void }[] = [];
  const write = () => new Promise<void>((end, fail) => started.push({ end, fail }));
  return { started, write };
}

describe('The gate before the write connection', () => {
  it('admits no more writes at once than it is made for, and the next one in line when one has ended', async () => {
    const gate = new WriteGate({ connections: 1, atOnce: 2 }, () => false);
    const { started, write } = heldWrites();
    const writes = [gate.run(write), gate.run(write), gate.run(write)];
    expect(started).toHaveLength(2);
    started[0]!.end();
    await writes[0];
    expect(started).toHaveLength(3);
    for (const each of started) each.end();
    await Promise.all(writes);
  });

  it('admits as many over each connection, and takes the first as long as it is free', async () => {
    const gate = new WriteGate({ connections: 2, atOnce: 2 }, () => false);
    const { started, write } = heldWrites();
    const over: number[] = [];
    const writes = Array.from({ length: 6 }, () =>
      gate.run(connection => {
        over.push(connection);
        return write();
      }),
    );
    expect(over).toEqual([0, 0, 1, 1]);
    started[2]!.end();
    await writes[2];
    expect(over).toEqual([0, 0, 1, 1, 1]);
    started[0]!.end();
    await writes[0];
    expect(over).toEqual([0, 0, 1, 1, 1, 0]);
    for (const each of started) each.end();
    await Promise.all(writes);
  });

  it('goes on with those in line after an ordinary failure', async () => {
    const gate = new WriteGate({ connections: 1, atOnce: 1 }, () => false);
    const { started, write } = heldWrites();
    const [failing, waiting] = [gate.run(write), gate.run(write)];
    started[0]!.fail(new Error('conflict'));
    await expect(failing).rejects.toThrow('conflict');
    started[1]!.end();
    await waiting;
  });

  it('fails everybody in line at an outage, instead of letting each wait for its own', async () => {
    const gate = new WriteGate({ connections: 1, atOnce: 1 }, () => true);
    const { started, write } = heldWrites();
    const writes = [gate.run(write), gate.run(write), gate.run(write)];
    started[0]!.fail(new Error('outage'));
    const outcomes = await Promise.allSettled(writes);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(started).toHaveLength(1);

    const later = gate.run(write);
    started[1]!.end();
    await later;
  });
});
