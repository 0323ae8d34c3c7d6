/** What can be done with what: `lead.qualify` is the action `qualify` of the resource `lead`. A command names its permission in `allow`. */
export const actions = {
  lead: ['read', 'capture', 'assign', 'qualify', 'disqualify', 'convert'],
  customer: [
    'read',
    'credit',
    'register',
    'change',
    'setCreditTerms',
    'handOver',
    'addContact',
    'changeContact',
    'removeContact',
  ],
  opportunity: [
    'read',
    'amount',
    'open',
    'advance',
    'stepBack',
    'win',
    'lose',
    'reopen',
    'reestimate',
    'handOver',
    'recordStageEntry',
  ],
  contract: ['read', 'draft', 'sign', 'terminate'],
  payment: ['read', 'receive', 'reverse'],
  interaction: ['read', 'content', 'log', 'retract'],
  task: ['read', 'assign', 'reassign', 'accept', 'complete', 'cancel'],
  campaign: ['read', 'cost', 'plan', 'launch', 'recordCost', 'end'],
  pipeline: ['read', 'define', 'revise'],
  team: ['read', 'form', 'rename', 'appointLeader'],
  employee: ['read', 'hire', 'move', 'dismiss', 'grantRole', 'revokeRole'],
  account: ['read', 'open', 'close'],
  funnel: ['read'],
  leadFunnel: ['read'],
  stages: ['read'],
  closings: ['read'],
  rfm: ['read'],
  salesDaily: ['read'],
  history: ['read'],
  events: ['read'],
  projections: ['read', 'inspect', 'operate'],
  personal: ['read', 'erase'],
  accessLog: ['read'],
} as const;

export type Resource = keyof typeof actions;
export type Action<Of extends Resource> = (typeof actions)[Of][number];
export type Permission = { [Of in Resource]: `${Of}.${Action<Of>}` }[Resource];

/**
 * Whose records, from narrow to wide: the employee's own (of an external user: the customer's own), those of the teams that the
 * employee is in or leads, those of the employee's region, or all. Records without an owner are reached from `team` on.
 */
export const scopes = ['own', 'team', 'region', 'all'] as const;
export type Scope = (typeof scopes)[number];

/** Fields that reading a record is not enough for, and the permission that shows them. */
export const guardedFields: { readonly [Of in Resource]?: { readonly [field: string]: Permission } } = {
  customer: { creditGrade: 'customer.credit', paymentMethod: 'customer.credit' },
  opportunity: { amount: 'opportunity.amount', lossReason: 'opportunity.amount' },
  interaction: { content: 'interaction.content', result: 'interaction.content' },
  campaign: { cost: 'campaign.cost' },
};

type Grants = { readonly [Of in Resource]?: readonly Action<Of>[] };
type Rules = { readonly [Within in Scope]?: Grants };

const reports = {
  funnel: ['read'],
  leadFunnel: ['read'],
  stages: ['read'],
  closings: ['read'],
  rfm: ['read'],
  salesDaily: ['read'],
} as const satisfies Grants;

/** What everybody in the house may look up. */
const house = {
  pipeline: ['read'],
  team: ['read'],
  employee: ['read'],
  campaign: ['read'],
} as const satisfies Grants;

const selling = {
  ...reports,
  lead: ['read', 'capture', 'qualify', 'disqualify', 'convert'],
  customer: ['read', 'credit', 'register', 'change', 'addContact', 'changeContact', 'removeContact'],
  opportunity: ['read', 'amount', 'open', 'advance', 'stepBack', 'win', 'lose', 'reopen', 'reestimate'],
  contract: ['read', 'draft', 'sign'],
  payment: ['read'],
  interaction: ['read', 'content', 'log', 'retract'],
  task: ['read', 'accept', 'complete', 'cancel'],
  history: ['read'],
} as const satisfies Grants;

/** What those do, beside selling, who answer for others who sell. */
const leading = {
  ...selling,
  lead: [...selling.lead, 'assign'],
  customer: [...selling.customer, 'handOver'],
  opportunity: [...selling.opportunity, 'handOver'],
  contract: [...selling.contract, 'terminate'],
  task: [...selling.task, 'assign', 'reassign'],
} as const satisfies Grants;

/** Every record, whole, and what happened to it. */
const readingAll = {
  ...house,
  ...reports,
  lead: ['read'],
  customer: ['read', 'credit'],
  opportunity: ['read', 'amount'],
  contract: ['read'],
  payment: ['read'],
  interaction: ['read', 'content'],
  task: ['read'],
  campaign: ['read', 'cost'],
  account: ['read'],
  history: ['read'],
  events: ['read'],
  projections: ['read', 'inspect'],
  accessLog: ['read'],
} as const satisfies Grants;

/** The one table of who may do what: role → scope → resource → actions. Where a role has an action twice, the wider scope counts. */
export const rules = {
  salesperson: { own: selling, team: { task: ['assign'] }, all: house },
  teamLeader: { team: leading, all: house },
  regionalManager: {
    region: { ...leading, opportunity: [...leading.opportunity, 'recordStageEntry'] },
    all: { ...house, campaign: ['read', 'cost'] },
  },
  finance: {
    all: {
      ...house,
      campaign: ['read', 'cost'],
      customer: ['read', 'credit', 'setCreditTerms'],
      opportunity: ['read', 'amount'],
      contract: ['read'],
      payment: ['read', 'receive', 'reverse'],
      interaction: ['read'],
      rfm: ['read'],
      closings: ['read'],
      salesDaily: ['read'],
    },
  },
  legal: { all: { ...house, customer: ['read'], contract: ['read', 'draft', 'sign', 'terminate'] } },
  marketing: {
    all: {
      ...house,
      lead: ['read', 'capture', 'assign', 'qualify', 'disqualify'],
      customer: ['read'],
      campaign: ['read', 'cost', 'plan', 'launch', 'recordCost', 'end'],
      leadFunnel: ['read'],
      funnel: ['read'],
      rfm: ['read'],
    },
  },
  service: {
    own: { task: ['read', 'accept', 'complete', 'cancel'], interaction: ['log', 'retract'] },
    team: { task: ['assign'] },
    all: {
      ...house,
      customer: ['read', 'addContact', 'changeContact'],
      contract: ['read'],
      interaction: ['read', 'content'],
    },
  },
  analyst: {
    all: {
      ...house,
      ...reports,
      lead: ['read'],
      customer: ['read'],
      opportunity: ['read', 'amount'],
      contract: ['read'],
      payment: ['read'],
      task: ['read'],
      campaign: ['read', 'cost'],
      projections: ['read', 'inspect', 'operate'],
    },
  },
  auditor: { all: readingAll },
  administrator: { all: actions },
  /** A customer or partner with a login. */
  external: {
    own: {
      customer: ['read', 'addContact', 'changeContact', 'removeContact'],
      opportunity: ['read'],
      contract: ['read'],
      payment: ['read'],
    },
    all: { pipeline: ['read'] },
  },
  /** Another system: a web form, a shop, a data warehouse. */
  integration: {
    all: {
      ...house,
      lead: ['read', 'capture'],
      customer: ['read', 'register', 'change', 'addContact', 'changeContact'],
      opportunity: ['read', 'amount', 'open'],
      contract: ['read'],
      payment: ['read', 'receive'],
      interaction: ['read', 'log'],
      events: ['read'],
      projections: ['read'],
    },
  },
  /** Chronicle itself: policies, imports, the demo, the command line. */
  system: { all: actions },
} as const satisfies { readonly [role: string]: Rules };

export type Role = keyof typeof rules;
export const roles = Object.keys(rules) as Role[];
export const isRole = (name: string): name is Role => Object.hasOwn(rules, name);

/** All permissions in the order of the table. */
export const permissions = Object.entries(actions).flatMap(([resource, ofResource]) =>
  ofResource.map(action => `${resource}.${action}` as Permission),
);

/** Looked up once for all: every command and every query asks. */
const reach = new Map<Role, ReadonlyMap<Permission, Scope>>(roles.map(role => [role, reachOf(rules[role])]));

function reachOf(rulesOfRole: Rules): ReadonlyMap<Permission, Scope> {
  const widest = new Map<Permission, Scope>();
  for (const scope of scopes)
    for (const [resource, granted] of Object.entries(rulesOfRole[scope] ?? {}))
      for (const action of granted) widest.set(`${resource}.${action}` as Permission, scope);
  return widest;
}

/** How far a role's permission reaches; undefined where it has none. */
export function scopeOf(role: Role, permission: Permission): Scope | undefined {
  return reach.get(role)?.get(permission);
}

/** How far a permission reaches for somebody with these roles: the wider one counts. */
export function widestScope(held: readonly Role[], permission: Permission): Scope | undefined {
  return scopes.findLast(scope => held.some(role => scopeOf(role, permission) === scope));
}
