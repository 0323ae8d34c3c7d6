import { setImmediate as pause } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { buildSchema, getOperationAST, parse } from 'graphql';
import { viewerOf } from '#platform/access/viewer.js';
import { protectionFrom } from '#platform/protection.js';
import { Gate } from './gate.js';

const schema = buildSchema(
  'type Lead { id: ID } type Leads { nodes: [Lead!]! } type Query { leads(first: Int): Leads! }',
);
const viewer = viewerOf({ id: 'a1', roles: [] }, () => []);
const never = new Promise<void>(() => {});

/** Lets the same account ask for 500 entries with so many fields twice, without an answer to the first. Whether the second is let through meanwhile. */
async function secondIsLetThrough(gate: Gate, fields: number): Promise<boolean> {
  const document = parse(`{ leads(first: 500) { nodes { ${'id '.repeat(fields)} } } }`);
  const asked = { schema, document, operation: getOperationAST(document)!, variables: {} };
  let passed = false;
  await gate.checkOperation(viewer, asked, never);
  void gate.checkOperation(viewer, asked, never).then(() => {
    passed = true;
  });
  await pause();
  await pause();
  return passed;
}

const protection = protectionFrom((_name, otherwise) => otherwise);

describe('While an operation of an account is not answered yet', () => {
  it('another large one waits', async () => {
    expect(await secondIsLetThrough(new Gate(protection, () => ''), 5)).toBe(false);
  });

  it('small ones go on', async () => {
    expect(await secondIsLetThrough(new Gate(protection, () => ''), 1)).toBe(true);
  });

  it('large ones go on, too, where cost is not limited', async () => {
    const unlimited = { ...protection, rates: {} };
    expect(await secondIsLetThrough(new Gate(unlimited, () => ''), 5)).toBe(true);
  });
});

describe('What comes at once', () => {
  it('from one account enters one after the other, from others at the same time', async () => {
    const gate = new Gate(protection, () => '');
    const other = viewerOf({ id: 'a2', roles: [] }, () => []);
    const entered: string[] = [];
    for (const who of [viewer, viewer, viewer, other])
      void gate.checkAccount(who).then(() => entered.push(who.identity.id));
    await new Promise(process.nextTick); // before anybody else has a turn
    expect(entered).toEqual(['a1', 'a2']);
    await pause();
    await pause();
    await pause();
    expect(entered).toEqual(['a1', 'a2', 'a1', 'a1']);
  });

  it('gets a turn between the portions of something large, and while there are others a moment of time', async () => {
    const gate = new Gate(protection, () => '');
    const ends = [gate.entered(), gate.entered()];
    const turnsDuring = async () => {
      let [turns, over] = [0, false];
      void gate.giveWay().then(() => {
        over = true;
      });
      while (!over) {
        await pause();
        turns++;
      }
      return turns;
    };
    expect(await turnsDuring()).toBeGreaterThan(3);
    for (const end of ends) end();
    expect(await turnsDuring()).toBeLessThanOrEqual(2);
  });
});
