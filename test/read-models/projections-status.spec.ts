import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CaptureLead } from '#crm/lead/lead.commands.js';
import { systemViewer } from '#platform/access/viewer.js';
import { history } from '#read-models/history/history.projection.js';
import { historyResolvers } from '#read-models/history/history.resolver.js';
import { projectionsStatusResolvers } from '#read-models/projections-status/projections-status.resolver.js';
import { type QueryableCrm, queryableCrm } from './queryable-crm.js';

let crm: QueryableCrm;
beforeAll(async () => {
  crm = await queryableCrm([history], [...historyResolvers, ...projectionsStatusResolvers]);
});
afterAll(() => crm?.close());

describe('The status of the projections', () => {
  it('says for each how far it is behind the log', async () => {
    const { position } = await crm.send(CaptureLead, { name: 'Li' });
    await crm.reading.at(systemViewer(), [history], position);
    const { projections } = await crm.query(
      '{ projections { name kind version position head lagEvents lagSeconds eventsPerSecond etaSeconds deadLetters lastError state updatedAt buildingVersion } }',
    );
    expect(projections).toEqual([
      {
        name: 'history',
        kind: 'projection',
        version: 1,
        position: String(position),
        head: String(position),
        lagEvents: 0,
        lagSeconds: 0,
        eventsPerSecond: expect.any(Number),
        etaSeconds: 0,
        deadLetters: 0,
        lastError: null,
        state: 'LIVE',
        updatedAt: expect.any(String),
        buildingVersion: null,
      },
    ]);
  });
});
