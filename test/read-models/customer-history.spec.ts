import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DraftContract, SignContract } from '#crm/contract/contract.commands.js';
import { HandOverCustomer, RegisterCustomer } from '#crm/customer/customer.commands.js';
import { HireEmployee } from '#crm/employee/employee.commands.js';
import { LogInteraction } from '#crm/interaction/interaction.commands.js';
import { CaptureLead, ConvertLead, QualifyLead } from '#crm/lead/lead.commands.js';
import { AdvanceStage } from '#crm/opportunity/opportunity.commands.js';
import { ReceivePayment } from '#crm/payment/payment.commands.js';
import { convertedLead } from '#crm/policies/converted-lead.policy.js';
import { runPolicy } from '#crm/policies/run-policy.js';
import { AssignTask } from '#crm/task/task.commands.js';
import { systemViewer } from '#platform/access/viewer.js';
import { history } from '#read-models/history/history.projection.js';
import { replayCustomer } from '#read-models/history/history.query.js';
import { historyResolvers } from '#read-models/history/history.resolver.js';
import { type QueryableCrm, queryableCrm } from './queryable-crm.js';

const customerId = 'l1-customer';
const opportunityId = 'l1-opportunity';
const amount = { minor: 1_000, currency: 'CNY' };

let crm: QueryableCrm;
let converted: string;
let beforeConversion: string;
beforeAll(async () => {
  crm = await queryableCrm([history], historyResolvers);
  const { send } = crm;
  const aMinuteLater = () => crm.crm.pass(60);
  await send(HireEmployee, { employeeId: 'li', name: '李' });
  await send(CaptureLead, { leadId: 'l1', name: '张三' });
  aMinuteLater();
  beforeConversion = crm.crm.now();
  await send(QualifyLead, { leadId: 'l1' });
  aMinuteLater();
  // Somebody else's, in between.
  await send(RegisterCustomer, { customerId: 'other', name: 'Other' });
  await send(ConvertLead, { leadId: 'l1' });
  const [, , event] = await crm.crm.events('lead-l1');
  await runPolicy(convertedLead, event!, crm.crm.process().executor, { warn: () => {} });
  converted = crm.crm.now();
  aMinuteLater();
  await send(LogInteraction, { customerId, employeeId: 'li', kind: 'CALL', occurredAt: '2026-02-20T08:00:00.000Z' });
  await send(AdvanceStage, { opportunityId, stage: 'Proposal', commandId: 'advance-1', reason: '客户确认' });
  await send(DraftContract, { contractId: 'k1', customerId, opportunityId, amount });
  await send(SignContract, { contractId: 'k1' });
  await send(ReceivePayment, { customerId, contractId: 'k1', amount });
  await send(AssignTask, { customerId, title: '回访', assigneeId: 'li' });
  await send(HandOverCustomer, { customerId, ownerId: 'li' });
});
afterAll(() => crm?.close());

const HISTORY = `query($customerId: ID!, $first: Int, $after: String, $knownAt: DateTime, $atLeast: Position) {
  customerHistory(customerId: $customerId, first: $first, after: $after, knownAt: $knownAt, atLeast: $atLeast) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { position stream revision type title actor { id role } onBehalfOf recordedAt storedAt occurredAt reason
      commandId correlationId causationId data metadata eventId }
  }
}`;
interface Entry {
  readonly position: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly eventId: string;
  readonly [field: string]: unknown;
}
interface Page {
  readonly totalCount: number;
  readonly nodes: readonly Entry[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}
const page = async (variables: object = {}) =>
  (await crm.query<{ customerHistory: Page }>(HISTORY, { customerId, ...variables })).customerHistory;

const story = [
  'LeadCaptured',
  'LeadQualified',
  'LeadConverted',
  'CustomerRegistered',
  'OpportunityOpened',
  'StageAdvanced',
  'InteractionLogged',
  'StageAdvanced',
  'ContractDrafted',
  'ContractSigned',
  'PaymentReceived',
  'TaskAssigned',
  'CustomerHandedOver',
];

describe('The history of a customer', () => {
  it('tells everything in order, from the beginning of the lead that it was', async () => {
    const { nodes, totalCount } = await page();
    expect(nodes.map(({ type }) => type)).toEqual(story);
    expect(totalCount).toBe(story.length);
    const positions = nodes.map(({ position }) => BigInt(position));
    expect(positions).toEqual([...positions].sort((a, b) => (a < b ? -1 : 1)));
  });

  it('shows each event as it stands in the log', async () => {
    const { nodes } = await page();
    for (const { stream, revision, eventId, position, data, metadata, storedAt } of nodes) {
      const event = (await crm.crm.events(stream))[revision]!;
      expect({ eventId, position, data, metadata, storedAt }).toEqual({
        eventId: event.id,
        position: String(event.position),
        data: event.data,
        metadata: event.metadata,
        storedAt: event.storedAt,
      });
    }
    expect(nodes.findLast(({ type }) => type === 'StageAdvanced')).toMatchObject({
      title: 'Advanced from NeedsConfirmed to Proposal (阶段推进)',
      actor: { id: 'tester', role: 'administrator' },
      reason: '客户确认',
      commandId: 'advance-1',
    });
    expect(nodes.find(({ type }) => type === 'InteractionLogged')).toMatchObject({
      occurredAt: '2026-02-20T08:00:00.000Z',
    });
  });

  it('says what each event changed, by whom, in words of the business', async () => {
    const CHANGES = `query($customerId: ID!, $first: Int, $after: String, $knownAt: DateTime, $atLeast: Position) {
      customerHistory(customerId: $customerId, first: $first, after: $after, knownAt: $knownAt, atLeast: $atLeast) {
        pageInfo { endCursor }
        nodes { type actor { id name } onBehalfOf onBehalfOfName
          changes { field name label before after beforeValue afterValue text } }
      }
    }`;
    type Changes = { readonly type: string; readonly changes: readonly { readonly text: string }[] };
    const ask = async (variables: object) =>
      (
        await crm.query<{ customerHistory: Pick<Page, 'pageInfo'> & { nodes: readonly Changes[] } }>(CHANGES, {
          customerId,
          ...variables,
        })
      ).customerHistory;
    const { nodes } = await ask({});
    const texts = nodes.map(({ type, changes }) => [type, changes.map(({ text }) => text)]);
    expect(
      texts.filter(([type]) =>
        ['LeadQualified', 'StageAdvanced', 'ContractSigned', 'CustomerHandedOver'].includes(String(type)),
      ),
    ).toEqual([
      ['LeadQualified', ['Status: 新线索 → 已确认']],
      ['StageAdvanced', ['Stage: – → 需求确认']],
      ['StageAdvanced', ['Stage: 需求确认 → 方案报价']],
      [
        'ContractSigned',
        [
          'Status: 草稿 → 已签约',
          expect.stringMatching(/^Instalments: – → .* 10\.00$/),
          expect.stringMatching(/^Signed on: – → /),
        ],
      ],
      ['CustomerHandedOver', ['Owner: – → 李']],
    ]);
    expect(nodes.at(-1)).toEqual({
      type: 'CustomerHandedOver',
      actor: { id: 'tester', name: null },
      onBehalfOf: null,
      onBehalfOfName: null,
      changes: [
        {
          field: 'ownerId',
          name: 'Owner',
          label: '负责人',
          before: null,
          after: '李',
          beforeValue: null,
          afterValue: 'li',
          text: 'Owner: – → 李',
        },
      ],
    });
    // A page that begins in the middle of a stream tells the same, and so does what was known earlier.
    const { pageInfo } = await ask({ first: 7 });
    expect((await ask({ after: pageInfo.endCursor })).nodes).toEqual(nodes.slice(7));
    expect((await ask({ knownAt: converted })).nodes).toEqual(nodes.slice(0, 6));
  });

  it('can be read page by page, also while more happens', async () => {
    await crm.send(RegisterCustomer, { customerId: 'c9', name: 'Paged' });
    for (let number = 1; number <= 5; number++) await crm.send(ReceivePayment, { customerId: 'c9', amount });
    const first = await page({ customerId: 'c9', first: 4 });
    await crm.send(ReceivePayment, { customerId: 'c9', amount });
    const second = await page({ customerId: 'c9', first: 4, after: first.pageInfo.endCursor });
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
    expect(first.nodes.length + second.nodes.length).toBe(7);
    expect(new Set([...first.nodes, ...second.nodes].map(({ eventId }) => eventId)).size).toBe(7);
  });

  it('can be told as it was known at an earlier instant', async () => {
    const { nodes, totalCount } = await page({ knownAt: converted });
    expect(nodes.map(({ type }) => type)).toEqual(story.slice(0, 6));
    expect(totalCount).toBe(6);
    // At that time nobody knew that the lead would become this customer.
    expect((await page({ knownAt: beforeConversion })).nodes).toEqual([]);
  });

  it('is refused for a customer that there is not', async () => {
    for (const unknown of ['nobody', 'x\u0000'])
      expect((await crm.error(HISTORY, { customerId: unknown })).extensions).toEqual({
        code: 'NOT_FOUND',
        field: 'customerId',
      });
  });

  it('is refused for a cursor of another list', async () => {
    const after = Buffer.from(JSON.stringify(['customers.CREATED.DESC', 5])).toString('base64url');
    expect((await crm.error(HISTORY, { customerId, after })).extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'after',
    });
  });

  it('can be replayed as a whole', async () => {
    const types: string[] = [];
    for await (const { type } of replayCustomer(crm.reading, systemViewer(), { customerId, knownAt: converted }))
      types.push(type);
    expect(types).toEqual(story.slice(0, 6));
    await expect(
      replayCustomer(crm.reading, systemViewer(), { customerId: 'nobody' })[Symbol.asyncIterator]().next(),
    ).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('reads each stream once per page', async () => {
    const reads: string[] = [];
    const { store } = crm.reading;
    const readStream = store.readStream.bind(store);
    store.readStream = (stream, options) => {
      reads.push(stream);
      return readStream(stream, options);
    };
    try {
      await page();
    } finally {
      store.readStream = readStream;
    }
    expect(new Set(reads).size).toBe(reads.length);
    expect(reads.length).toBeGreaterThan(3);
  });
});
