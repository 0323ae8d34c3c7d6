/**
 * The output fields that show something about the persons at customers and leads, or that are free text about them. An operation that
 * selects one of them leaves a trace. Names of colleagues are the house's telephone book, and those of companies its daily bread.
 */
export const personalFields: { readonly [type: string]: readonly string[] } = {
  Contact: ['name', 'role', 'email', 'phone'],
  Customer: ['email', 'phone', 'address', 'taxNumber'],
  CustomerCard: ['name', 'email', 'phone', 'address', 'taxNumber'],
  Lead: ['name', 'company', 'email', 'phone', 'reason'],
  Interaction: ['content', 'result'],
  Task: ['title', 'result', 'reason'],
  HistoryEntry: ['title', 'reason', 'data', 'metadata', 'address'],
  HistoryChange: ['before', 'after', 'beforeValue', 'afterValue', 'text'],
  // Rows as they are.
  LineDifference: ['live', 'candidate'],
  // Whoever sees who looked at whom learns something about both.
  Query: ['personalData'],
  AccessEntry: ['arguments', 'records', 'address'],
  // Persons at customers and partners are among them.
  Account: ['name', 'email', 'subject'],
};

/** Queries that leave a trace whatever they select: that there is such a customer is something, too. */
export const personalOperations: readonly string[] = ['customer', 'customerHistory', 'personalData', 'accessLog'];

/** Types that show colleagues, companies and figures, of whom nobody asks who looked. */
export const impersonalTypes: readonly string[] = [
  ...['DeadLetter', 'FigureDifference', 'ProjectionBuild', 'ProjectionCandidate', 'SkippedEvent', 'TableDifference'],
  ...[
    'Campaign',
    'Employee',
    'Grant',
    'HistoryActor',
    // Whoever looks at oneself.
    'Me',
    'Opportunity',
    'Pipeline',
    'PipelineStage',
    'SalesNewCustomers',
    'SalesPerson',
  ],
  ...[
    'SalesTeam',
    'StageName',
    'StageStock',
    'StageTime',
    'Team',
    'FunnelStage',
    'RfmCell',
    'RfmCustomer',
    'RfmSegment',
  ],
  ...['Integrity', 'LossReason', 'Contract', 'Payment', 'Projection', 'PageInfo'],
];

/** Fields that show nothing personal, by name on any other type, or by type and name; one that stands neither here nor above fails a test. */
export const impersonalFields: readonly string[] = [
  ...[
    'cell',
    'creditGrade',
    'currency',
    'cursor',
    'dimension',
    'externalId',
    'field',
    'fields',
    'hash',
    'industry',
    'key',
  ],
  ...[
    'kind',
    'label',
    'onBehalfOfName',
    'operation',
    'outcome',
    'paymentMethod',
    'period',
    'pipelineId',
    'region',
    'role',
  ],
  ...['scale', 'segment', 'source', 'stage', 'to', 'from', 'type'],
  ...['Customer.name', 'HistoryChange.name'],
];
