import type { CrmEvents } from '#crm/events.js';
import type { FieldName } from './fields.js';

/** What is known of a record's fields; `null` and absent alike: nothing. */
export type Facts = { readonly [Name in FieldName]?: unknown };

type Says<Type extends keyof CrmEvents> = (data: CrmEvents[Type], before: Facts) => Facts;

const stated = (data: Facts): Facts => data;
const becomes =
  (status: string) =>
  (data: Facts): Facts => ({ ...data, status });
const toStage = ({ to, ...data }: { to: string }): Facts => ({ ...data, stage: to });
/** The contact as it is from now on: what is left out is no more. */
const contact = (data: Facts): Facts => ({ position: null, email: null, phone: null, ...data });

/**
 * What each type of event says of the fields of its record; the rest stays as it was. This is where a new type of event gets its
 * words, and it does not compile without them. Its sentence stands in `history.titles.ts`.
 */
export const says: { readonly [Type in keyof CrmEvents]: Says<Type> } = {
  AccountOpened: becomes('OPEN'),
  AccountClosed: becomes('CLOSED'),
  CampaignPlanned: becomes('PLANNED'),
  CampaignLaunched: becomes('RUNNING'),
  CampaignCostRecorded: stated,
  CampaignEnded: becomes('ENDED'),
  ContactAdded: data => ({ ...contact(data), status: 'PRESENT' }),
  ContactChanged: contact,
  ContactRemoved: becomes('REMOVED'),
  ContractDrafted: becomes('DRAFT'),
  ContractSigned: becomes('SIGNED'),
  ContractTerminated: becomes('TERMINATED'),
  CreditTermsSet: stated,
  CustomerHandedOver: stated,
  CustomerProfileChanged: stated,
  CustomerRegistered: stated,
  EmployeeHired: becomes('EMPLOYED'),
  EmployeeMoved: stated,
  EmployeeDismissed: becomes('LEFT'),
  RoleGranted: ({ role }, { roles }) => ({ roles: [...listed(roles).filter(held => held !== role), role] }),
  RoleRevoked: ({ role }, { roles }) => ({ roles: listed(roles).filter(held => held !== role) }),
  InteractionLogged: becomes('LOGGED'),
  InteractionRetracted: becomes('RETRACTED'),
  LeadCaptured: becomes('NEW'),
  LeadAssigned: stated,
  LeadQualified: becomes('QUALIFIED'),
  LeadDisqualified: becomes('DISQUALIFIED'),
  LeadConverted: becomes('CONVERTED'),
  OpportunityOpened: becomes('OPEN'),
  StageAdvanced: toStage,
  StageSteppedBack: toStage,
  OpportunityReestimated: stated,
  OpportunityWon: ({ wonOn, ...data }) => ({ ...data, status: 'WON', closedOn: wonOn }),
  OpportunityLost: ({ lostOn, ...data }) => ({ ...data, status: 'LOST', closedOn: lostOn }),
  OpportunityReopened: data => ({ ...toStage(data), status: 'OPEN', closedOn: null, reason: null, contractId: null }),
  OpportunityHandedOver: stated,
  PaymentReceived: becomes('RECEIVED'),
  PaymentReversed: becomes('REVERSED'),
  PipelineDefined: data => ({ ...data, version: 1 }),
  PipelineRevised: stated,
  TaskAssigned: becomes('ASSIGNED'),
  TaskReassigned: data => ({ ...data, status: 'ASSIGNED', acceptedOn: null }),
  TaskAccepted: becomes('ACCEPTED'),
  TaskCompleted: becomes('COMPLETED'),
  TaskCancelled: becomes('CANCELLED'),
  TeamFormed: stated,
  TeamRenamed: stated,
  TeamLeaderAppointed: stated,
};

const listed = (roles: unknown): readonly unknown[] => (Array.isArray(roles) ? roles : []);
