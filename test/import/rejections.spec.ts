import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Importing, type ResultLine, startImporting } from './importing.js';

const good = {
  employees: { externalId: 'e', name: '李雷', email: 'li@example.com' },
  pipelines: { pipeline: 'P', stage: 'S1', name: '一' },
  campaigns: { externalId: 'm', name: '展会' },
  customers: { externalId: 'c', name: '甲', taxNumber: 'T-1' },
  leads: { externalId: 'l', name: '王芳' },
  opportunities: { externalId: 'o', customer: 'c', pipeline: 'P', name: '一号线' },
  stageChanges: { opportunity: 'o', stage: 'S1', enteredOn: '2026-01-01' },
  contracts: { externalId: 'k', customer: 'c', number: 'HT-1', amount: '100', signedOn: '2026-01-01' },
  payments: { externalId: 'p', customer: 'c', amount: '100', paidOn: '2026-01-02' },
  interactions: { externalId: 'i', customer: 'c', employee: 'e', kind: 'CALL', occurredOn: '2026-01-02' },
} as const;
type Kind = keyof typeof good;
type Row = Readonly<Record<string, string>>;

const TEXT = 'x'.repeat(201);
const NOT_YET = /has not come yet/;

/** What differs from a good row, the cell that is named, and why. */
const bad: readonly (readonly [Kind, Row, string, string | RegExp])[] = [
  ['payments', { amount: '1.234' }, 'amount', '1.234 has more decimals than CNY has (2).'],
  ['payments', { amount: '1.2345', currency: 'KWD' }, 'amount', '1.2345 has more decimals than KWD has (3).'],
  ['payments', { amount: '1.5', currency: 'JPY' }, 'amount', '1.5 has more decimals than JPY has (0).'],
  ['payments', { amount: '-5' }, 'amount', "'-5 is negative. Record what was taken back as a reversal."], // no formula
  [
    'payments',
    { amount: '1,234.50' },
    'amount',
    '1,234.50 is no amount. Allowed: digits with a decimal point, such as 1234.50.',
  ],
  ['payments', { amount: '1e3' }, 'amount', /is no amount/],
  ['payments', { amount: '¥5' }, 'amount', /is no amount/],
  ['payments', { amount: '１００' }, 'amount', /is no amount/],
  ['payments', { amount: '0' }, 'amount', 'A payment is more than nothing.'],
  ['payments', { amount: '90071992547410.00' }, 'amount', '90071992547410.00 is too large.'],
  ['payments', { amount: '' }, 'amount', 'amount is missing.'],
  ['payments', { amount: '  ' }, 'amount', 'amount is missing.'],
  ['payments', { currency: 'RMB' }, 'currency', 'RMB is no currency. Allowed: an ISO 4217 code such as CNY.'],
  ['payments', { currency: 'cny' }, 'currency', /is no currency/],
  ['payments', { paidOn: '2026-02-30' }, 'paidOn', '2026-02-30 is no day. Allowed: YYYY-MM-DD.'],
  ['payments', { paidOn: '2026/01/31' }, 'paidOn', /is no day/],
  ['payments', { paidOn: '46054' }, 'paidOn', /is no day/],
  ['payments', { paidOn: '0000-01-01' }, 'paidOn', /is no day/],
  ['payments', { paidOn: '0026-01-01' }, 'paidOn', /is no day/],
  ['payments', { paidOn: '2999-01-01' }, 'paidOn', NOT_YET],
  ['payments', { paidOn: '' }, 'paidOn', 'paidOn is missing.'],
  ['payments', { customer: '' }, 'customer', 'customer is missing.'],
  ['payments', { contract: 'of another' }, 'contract', /belongs to the customer/],
  ['payments', { contract: 'k', currency: 'USD' }, 'currency', 'The contract is in CNY, the payment in USD.'],
  ['payments', { externalId: '' }, 'externalId', 'externalId is missing.'],
  ['payments', { externalId: TEXT }, 'externalId', /shorter than or equal to 200 characters/],
  ['payments', { externalId: 'a\u0007' }, 'externalId', /control characters/],
  ['employees', { name: TEXT }, 'name', /shorter than or equal to 200 characters/],
  ['employees', { name: '两\n行' }, 'name', /one line/],
  ['employees', { email: 'LI@example.com' }, 'email', /belongs to another one already/],
  ['employees', { email: 'not an e-mail' }, 'email', /an e-mail address such as name@example.com/],
  ['customers', { taxNumber: '', phone: '见备注' }, 'phone', /a telephone number, with three digits at least/],
  ['customers', { taxNumber: '', email: '无' }, 'email', /an e-mail address/],
  ['employees', { hiredOn: '2025-02-29' }, 'hiredOn', /is no day/],
  ['employees', { hiredOn: '2999-01-01' }, 'hiredOn', NOT_YET],
  ['customers', { type: 'friend' }, 'type', /one of BUYER, DISTRIBUTOR/],
  ['customers', {}, 'taxNumber', 'taxNumber T-1 belongs to another one already.'],
  ['customers', { taxNumber: '', phone: '1'.repeat(51) }, 'phone', /shorter than or equal to 50/],
  ['customers', { taxNumber: '', registeredOn: '2999-01-01' }, 'registeredOn', NOT_YET],
  ['pipelines', { pipeline: 'Q', probability: 'half' }, 'probability', 'half is no number.'],
  ['pipelines', { pipeline: 'R', probability: '101' }, 'probability', /must not be greater than 100/],
  ['pipelines', { pipeline: 'S', stage: 'won' }, 'stage', /is an end of every pipeline/],
  ['pipelines', { pipeline: 'T', stage: '' }, 'stage', 'stage is missing.'],
  ['campaigns', { cost: '-1' }, 'cost', /is negative/],
  ['campaigns', { startsOn: '2026-03-02', endsOn: '2026-03-01' }, 'endsOn', /before it starts/],
  ['leads', { source: TEXT }, 'source', /shorter than/],
  ['leads', { capturedOn: '2999-01-01' }, 'capturedOn', NOT_YET],
  ['opportunities', { amount: 'much' }, 'amount', /is no amount/],
  ['opportunities', { expectedCloseOn: 'soon' }, 'expectedCloseOn', /is no day/],
  ['opportunities', { openedOn: '2999-01-01' }, 'openedOn', NOT_YET],
  ['opportunities', { pipeline: 'none' }, 'pipeline', /There are no pipelines/],
  ['stageChanges', { stage: 'S9', enteredOn: '2026-01-02' }, 'stage', /has no stage “S9”/],
  ['stageChanges', { stage: 'lost', enteredOn: '2026-01-02' }, 'reason', 'Say why the opportunity was lost.'],
  ['stageChanges', { opportunity: 'none' }, 'opportunity', /There are no opportunities/],
  ['stageChanges', { opportunity: '' }, 'opportunity', 'opportunity is missing.'],
  ['stageChanges', { enteredOn: '' }, 'enteredOn', 'enteredOn is missing.'],
  ['stageChanges', { enteredOn: '2026-1-2' }, 'enteredOn', /is no day/],
  ['stageChanges', { stage: 'won', enteredOn: '2026-01-02', amount: 'much' }, 'amount', /is no amount/],
  [
    'contracts',
    { number: '', instalments: '2026-02-01:50;2026-03-01:49.99' },
    'instalments',
    'The instalments add up to CNY 99.99, but the contract is about CNY 100.00.',
  ],
  ['contracts', { number: '', instalments: '2026-02-31:100' }, 'instalments', /is no instalment/],
  ['contracts', { number: '', instalments: '2026-02-01:50:50' }, 'instalments', /is no instalment/],
  ['contracts', { number: '', instalments: '100' }, 'instalments', /is no instalment/],
  ['contracts', { number: '', instalments: '2026-02-01:100;2026-03-01:0' }, 'instalments', /not be less than 1/],
  ['contracts', {}, 'number', 'number HT-1 belongs to another one already.'],
  ['contracts', { number: '', opportunity: 'o of another' }, 'opportunity', /belongs to the customer/],
  ['contracts', { number: '', signedOn: '2999-01-01' }, 'signedOn', NOT_YET],
  ['interactions', { kind: 'smoke signal' }, 'kind', /must be one of VISIT, CALL/],
  ['interactions', { kind: '' }, 'kind', 'kind is missing.'],
  ['interactions', { content: '长'.repeat(10_001) }, 'content', /shorter than or equal to 10000/],
  ['interactions', { content: 'bell\u0007' }, 'content', /control characters/],
  ['interactions', { result: 'null\u0000' }, 'result', /control characters/],
];

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
const csv = (header: readonly string[], rows: readonly Row[]) =>
  [header, ...rows.map(row => header.map(column => quoted(row[column] ?? '')))].map(cells => cells.join(','));

/** The good row, the bad ones, and a good one behind them. */
function filesOf(): Record<string, string[]> {
  const files: Record<string, string[]> = {};
  for (const kind of Object.keys(good) as Kind[]) {
    const mine = bad.filter(([of]) => of === kind);
    const header = [...new Set([good[kind], ...mine.map(([, row]) => row)].flatMap(row => Object.keys(row)))];
    const rows = mine.map(([, row], index) => ({ ...good[kind], ...own(kind, `bad ${index}`), ...row }));
    files[`${kind}.csv`] = csv(header, [good[kind], ...rows, last(kind)]);
  }
  return files;
}

/** Bad rows are about records of their own, or they would be refused for being another row's. */
function own(kind: Kind, externalId: string): Row {
  if (kind === 'pipelines' || kind === 'stageChanges') return {};
  return kind === 'employees' ? { externalId, email: '' } : { externalId };
}

function last(kind: Kind): Row {
  const unique = { taxNumber: '', number: '', email: '' };
  if (kind === 'pipelines') return { pipeline: 'P', stage: 'S2' };
  if (kind === 'stageChanges') return { opportunity: 'o', stage: 'S2', enteredOn: '2026-01-03' };
  return { ...good[kind], ...own(kind, 'last'), ...unique };
}

describe('a bad cell', () => {
  let crm: Importing;
  let lines: readonly ResultLine[];
  let recorded: string[];
  beforeAll(async () => {
    crm = await startImporting();
    await crm.import({
      'customers.csv': ['externalId,name', 'c2,乙'],
      'opportunities.csv': ['externalId,customer', 'o of another,c2'],
      'contracts.csv': ['externalId,customer,amount,signedOn', 'of another,c2,1,2026-01-01'],
    });
    const imported = await crm.import(filesOf());
    lines = imported.lines;
    recorded = imported.events.map(({ type }) => type);
  });
  afterAll(() => crm?.close());

  it.each(bad.map((row, index) => [row[0], JSON.stringify(row[1]).slice(0, 60), row[2], index] as const))(
    'of %s %s is named: %s',
    (kind, _, column, index) => {
      const nth = bad.slice(0, index).filter(([of]) => of === kind).length;
      const line = lines.filter(of => of.kind === kind)[nth + 1]!; // behind the good one
      const reason = bad[index]![3];
      expect(line).toMatchObject({ outcome: 'rejected', column });
      expect(line.reason).toEqual(typeof reason === 'string' ? reason : expect.stringMatching(reason));
    },
  );

  it('rejects its row alone: those around it are taken', () => {
    for (const kind of Object.keys(good)) {
      const outcomes = lines.filter(line => line.kind === kind).map(({ outcome }) => outcome);
      expect([kind, outcomes[0], outcomes.at(-1)]).toEqual([kind, 'created', 'created']);
      expect(outcomes.filter(outcome => outcome === 'created')).toHaveLength(2);
    }
  });

  it('leaves nothing behind', () => {
    const counts = Object.fromEntries(recorded.map(type => [type, recorded.filter(other => other === type).length]));
    expect(counts).toEqual({
      EmployeeHired: 2,
      PipelineDefined: 1,
      CampaignPlanned: 2,
      CustomerRegistered: 2,
      LeadCaptured: 2,
      OpportunityOpened: 2,
      StageAdvanced: 2,
      ContractDrafted: 2,
      ContractSigned: 2,
      PaymentReceived: 2,
      InteractionLogged: 2,
      ValueReserved: 3,
    });
  });

  it('is told with the line on which its row begins', async () => {
    const { lines } = await crm.import({
      'interactions.csv': [
        'externalId,customer,employee,kind,occurredOn,content',
        'n1,c,e,CALL,2026-01-02,"一\r\n二\r\n三"',
        '',
        'n2,c,e,CALL,2026-01-02,"一\n\n\n"',
        'n3,c,e,NONE,2026-01-02,',
        'n4,c,e,CALL,2026-01-02',
        'n5,c,e,CALL,2026-01-02,a,b',
      ],
    });
    expect(lines.map(({ line, outcome, reason }) => `${line} ${outcome} ${reason}`)).toEqual([
      '2 created ',
      '6 created ',
      '10 rejected Kind must be one of VISIT, CALL, EMAIL, MEETING, MESSAGE, OTHER.',
      '11 rejected The line has 5 cells, the header has 6.',
      '12 rejected The line has 7 cells, the header has 6.',
    ]);
  });

  it.each(['=HYPERLINK("http://example.com","a,b")', '+1', '-1', '@SUM(A1)', '＝1', '＋1', '－1', '＠x'])(
    'is harmless in the results, where a spreadsheet would take it for a formula: %s',
    async formula => {
      const { lines } = await crm.import({
        'payments.csv': csv(
          ['externalId', 'customer', 'amount', 'paidOn'],
          [{ ...good.payments, externalId: formula, amount: '-1' }],
        ),
      });
      expect(lines[0]).toMatchObject({ record: `'${formula}`, reason: expect.stringMatching(/^'-1 is negative/) });
    },
  );

  it.each(['\t=1', '\r=1', '\n=1'])('begins in the results with none of what hides a formula: %j', async formula => {
    const cells = { ...good.payments, externalId: 'p9', amount: '1', owner: `${formula}x` };
    const { lines } = await crm.import({
      'payments.csv': csv(['externalId', 'customer', 'amount', 'paidOn', 'owner'], [cells]),
    });
    expect(lines[0]!.reason).not.toMatch(/^[\s=+@-]/);
  });
});

describe('a row that is there twice', () => {
  let crm: Importing;
  beforeAll(async () => {
    crm = await startImporting();
  });
  afterAll(() => crm?.close());

  const header = ['externalId', 'customer', 'number', 'amount', 'signedOn', 'instalments'];
  const contract = { ...good.contracts, instalments: '2026-02-01:40;2026-03-01:60' };

  it('counts once', async () => {
    const { outcomes, events } = await crm.import({
      'customers.csv': csv(['externalId', 'name'], [good.customers]),
      'contracts.csv': csv(header, [contract, contract, contract]),
    });
    expect(outcomes.slice(0, 3)).toEqual([
      'contracts.csv:2 created',
      'contracts.csv:3 unchanged',
      'contracts.csv:4 unchanged',
    ]);
    expect(events.filter(({ type }) => type.startsWith('Contract'))).toHaveLength(2);
  });

  it.each([
    ['amount', { amount: '101', instalments: '2026-02-01:101' }],
    ['instalments', { instalments: '2026-02-01:60;2026-03-01:40' }],
    ['number', { number: 'HT-9' }],
    ['customer', { customer: 'c9' }],
  ])('with another %s is rejected, and so is one that differs from an earlier import', async (column, change) => {
    const customers = ['externalId,name', 'c9,乙'];
    const { lines, events } = await crm.import({
      'customers.csv': customers,
      'contracts.csv': csv(header, [contract, { ...contract, ...change }]),
    });
    expect(lines.filter(({ kind }) => kind === 'contracts')).toMatchObject([
      { outcome: 'unchanged' },
      {
        outcome: 'rejected',
        column,
        reason: expect.stringContaining(`exists already with another ${fieldOf[column]}`),
      },
    ]);
    expect(events.filter(({ type }) => type !== 'CustomerRegistered')).toEqual([]);
  });
  const fieldOf: Record<string, string> = {
    amount: 'amount',
    instalments: 'instalments',
    number: 'number',
    customer: 'customerId',
  };

  it('is the first one that counts, however many there are', async () => {
    const rows = Array.from({ length: 300 }, (_, index) => ({
      ...good.payments,
      externalId: 'same',
      amount: String(index + 1),
    }));
    const { lines, events } = await crm.import({
      'payments.csv': csv(['externalId', 'customer', 'amount', 'paidOn', 'owner'], rows),
    });
    expect(lines.findIndex(({ outcome }) => outcome === 'created')).toBe(0);
    expect(events.map(({ data }) => (data as { amount: { minor: number } }).amount.minor)).toEqual([100]);
  });
});
