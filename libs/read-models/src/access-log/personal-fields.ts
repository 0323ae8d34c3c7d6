/**
 * The output fields that show something about the persons at customers and leads, or in free text about them. An operation that
 * selects one of them leaves a trace. Names of colleagues are the house's telephone book and leave none.
 */
export const personalFields: { readonly [type: string]: readonly string[] } = {
  Contact: ['name', 'role', 'email', 'phone'],
  Customer: ['email', 'phone', 'address', 'taxNumber'],
  CustomerCard: ['name', 'email', 'phone', 'address', 'taxNumber'],
  Lead: ['name', 'company', 'email', 'phone', 'reason'],
  Interaction: ['content', 'result'],
  Task: ['title', 'result', 'reason'],
  HistoryEntry: ['title', 'reason', 'data', 'metadata'],
  HistoryChange: ['before', 'after', 'beforeValue', 'afterValue', 'text'],
  // Whoever sees who looked at whom learns something about both.
  AccessEntry: ['actorId', 'arguments', 'records', 'address'],
};

/** Operations that leave a trace whatever they select: that there is such a customer is something, too. */
export const personalOperations: readonly string[] = ['customer', 'customerHistory', 'personalData', 'accessLog'];

/** Field names that mean nothing personal on any other type; a name that stands neither here nor above fails a test. */
export const impersonalFields: readonly string[] = [
  ...[
    'id',
    'key',
    'code',
    'type',
    'kind',
    'field',
    'label',
    'dimension',
    'period',
    'cell',
    'alias',
    'segment',
    'stage',
  ],
  ...[
    'from',
    'to',
    'currency',
    'number',
    'scale',
    'industry',
    'region',
    'source',
    'creditGrade',
    'paymentMethod',
    'role',
  ],
  ...['externalId', 'pipelineId', 'startCursor', 'endCursor', 'cursor', 'hash', 'rootHash', 'signature', 'lastError'],
];
