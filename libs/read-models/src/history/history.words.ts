import type { CrmEvents } from '#crm/events.js';
import type { Money } from '#crm/money.js';
import type { RecordedEvent } from '#event-sourcing/event.js';
import type { Facts, Status } from './changes/fields.js';
import { money } from './changes/values.js';

/** The words of a type of event. */
interface Words<Data> {
  /** What it says of the fields of its record; the rest stays as it was. */
  readonly says: (data: Data, before: Facts) => Facts;
  /** The event in a sentence, with its Chinese term. */
  readonly title: (data: Data) => string;
}

const stated = (data: Facts): Facts => data;
const becomes =
  (status: Status) =>
  (data: Facts): Facts => ({ ...data, status });
const toStage = ({ to, ...data }: { to: string }): Facts => ({ ...data, stage: to });
/** The contact as it is from now on: what is left out is no more. */
const contact = (data: Facts): Facts => ({ position: null, email: null, phone: null, ...data });

const listed = (roles: unknown): readonly unknown[] => (Array.isArray(roles) ? roles : []);

const quoted = (text: string | undefined) => (text ? ` “${text}”` : '');
/** Nothing where the amount is hidden from the reader. */
const of = (amount: Money | undefined) => (amount ? ` ${money(amount)}` : '');
const worth = (amount: Money | undefined) => (amount ? ` worth ${money(amount)}` : '');
const to = (ownerId: string) => ` to ${ownerId}`;
const because = (reason: string) => `: ${reason}`;
const fields = (data: object, except: readonly string[]) =>
  Object.keys(data)
    .filter(name => !except.includes(name))
    .join(', ');

/** The words of every type of event. A type without them does not compile; what its fields are called stands in `changes/fields.ts`. */
export const words: { readonly [Type in keyof CrmEvents]: Words<CrmEvents[Type]> } = {
  CampaignPlanned: { says: becomes('PLANNED'), title: ({ name }) => `Campaign${quoted(name)} planned (市场活动计划)` },
  CampaignLaunched: { says: becomes('RUNNING'), title: () => 'Campaign launched (市场活动启动)' },
  CampaignCostRecorded: { says: stated, title: ({ cost }) => `Campaign cost${of(cost)} recorded (市场活动费用)` },
  CampaignEnded: { says: becomes('ENDED'), title: () => 'Campaign ended (市场活动结束)' },
  ContactAdded: {
    says: data => ({ ...contact(data), status: 'PRESENT' }),
    title: ({ name }) => `Contact${quoted(name)} added (新增联系人)`,
  },
  ContactChanged: { says: contact, title: ({ name }) => `Contact${quoted(name)} changed (联系人变更)` },
  ContactRemoved: { says: becomes('REMOVED'), title: ({ contactId }) => `Contact ${contactId} removed (删除联系人)` },
  ContractDrafted: {
    says: becomes('DRAFT'),
    title: ({ number, amount }) => `Contract${quoted(number)}${worth(amount)} drafted (合同起草)`,
  },
  ContractSigned: {
    says: becomes('SIGNED'),
    title: ({ amount, signedOn }) => `Contract${worth(amount)} signed on ${signedOn} (合同签约)`,
  },
  ContractTerminated: {
    says: becomes('TERMINATED'),
    title: ({ reason }) => `Contract terminated (合同终止)${because(reason)}`,
  },
  CreditTermsSet: {
    says: stated,
    title: ({ creditGrade, paymentMethod }) =>
      `Credit terms set (信用条款): ${[creditGrade, paymentMethod].filter(Boolean).join(', ')}`,
  },
  CustomerHandedOver: { says: stated, title: ({ ownerId }) => `Customer handed over${to(ownerId)} (客户交接)` },
  CustomerProfileChanged: {
    says: stated,
    title: data => `Customer profile changed (客户资料变更): ${fields(data, ['customerId'])}`,
  },
  CustomerRegistered: { says: stated, title: ({ name }) => `Customer${quoted(name)} registered (客户登记)` },
  AccountOpened: {
    says: becomes('PRESENT'),
    title: ({ name, role }) => `Account${quoted(name)} opened as ${role} (开通账号)`,
  },
  AccountClosed: {
    says: becomes('CLOSED'),
    title: ({ reason }) => `Account closed (停用账号)${reason ? because(reason) : ''}`,
  },
  EmployeeHired: { says: becomes('EMPLOYED'), title: ({ name }) => `Employee${quoted(name)} hired (入职)` },
  EmployeeMoved: { says: stated, title: ({ effectiveOn }) => `Employee moved from ${effectiveOn} on (调岗)` },
  EmployeeDismissed: { says: becomes('LEFT'), title: ({ dismissedOn }) => `Employee left on ${dismissedOn} (离职)` },
  RoleGranted: {
    says: ({ role }, { roles }) => ({ roles: [...listed(roles).filter(held => held !== role), role] }),
    title: ({ role }) => `Role ${role} granted (授予角色)`,
  },
  RoleRevoked: {
    says: ({ role }, { roles }) => ({ roles: listed(roles).filter(held => held !== role) }),
    title: ({ role }) => `Role ${role} taken back (收回角色)`,
  },
  InteractionLogged: {
    says: becomes('LOGGED'),
    title: ({ kind, content }) =>
      `${kind[0]}${kind.slice(1).toLowerCase()} logged (联系记录)${content ? because(content.slice(0, 200)) : ''}`,
  },
  InteractionRetracted: {
    says: becomes('RETRACTED'),
    title: ({ kind, reason }) => `${kind[0]}${kind.slice(1).toLowerCase()} retracted (撤销联系记录)${because(reason)}`,
  },
  LeadCaptured: { says: becomes('NEW'), title: ({ name }) => `Lead${quoted(name)} captured (线索录入)` },
  LeadAssigned: { says: stated, title: ({ ownerId }) => `Lead assigned${to(ownerId)} (线索分配)` },
  LeadQualified: {
    says: becomes('QUALIFIED'),
    title: ({ score }) => `Lead qualified (线索确认)${score === undefined ? '' : `, score ${score}`}`,
  },
  LeadDisqualified: {
    says: becomes('DISQUALIFIED'),
    title: ({ reason }) => `Lead given up (线索作废)${because(reason)}`,
  },
  LeadConverted: {
    says: becomes('CONVERTED'),
    title: ({ customerName }) => `Lead converted to customer${quoted(customerName)} (线索转化)`,
  },
  OpportunityOpened: {
    says: becomes('OPEN'),
    title: ({ name, amount }) => `Opportunity${quoted(name)}${worth(amount)} opened (商机录入)`,
  },
  StageAdvanced: {
    says: toStage,
    title: ({ from, to }) => `Advanced ${from ? `from ${from} ` : ''}to ${to} (阶段推进)`,
  },
  StageSteppedBack: { says: toStage, title: ({ from, to }) => `Stepped back from ${from} to ${to} (退回阶段)` },
  OpportunityReestimated: {
    says: stated,
    title: ({ amount, expectedCloseOn }) =>
      `Opportunity re-estimated (商机预估变更)${worth(amount)}${expectedCloseOn ? `, expected on ${expectedCloseOn}` : ''}`,
  },
  OpportunityWon: {
    says: ({ wonOn, ...data }) => ({ ...data, status: 'WON', closedOn: wonOn }),
    title: ({ amount }) => `Opportunity${worth(amount)} won (赢单)`,
  },
  OpportunityLost: {
    says: ({ lostOn, ...data }) => ({ ...data, status: 'LOST', closedOn: lostOn }),
    title: ({ reason }) => `Opportunity lost (丢单)${because(reason)}`,
  },
  OpportunityReopened: {
    says: data => ({ ...toStage(data), status: 'OPEN', closedOn: null, reason: null, contractId: null }),
    title: ({ from, to }) => `Opportunity that was ${from} reopened in ${to} (商机重启)`,
  },
  OpportunityHandedOver: { says: stated, title: ({ ownerId }) => `Opportunity handed over${to(ownerId)} (商机交接)` },
  PaymentReceived: {
    says: becomes('RECEIVED'),
    title: ({ amount, paidOn }) => `Payment of ${money(amount)} received on ${paidOn} (回款)`,
  },
  PaymentReversed: {
    says: becomes('REVERSED'),
    title: ({ amount, reason }) => `Payment of ${money(amount)} reversed (回款冲销)${because(reason)}`,
  },
  ErasureRequested: {
    says: () => ({}),
    title: () => 'Erasure of personal data requested (申请删除个人信息)',
  },
  PersonErased: { says: () => ({}), title: () => 'Personal data erased (个人信息已删除)' },
  PipelineDefined: {
    says: data => ({ ...data, version: 1 }),
    title: ({ name }) => `Pipeline${quoted(name)} defined (销售流程定义)`,
  },
  PipelineRevised: { says: stated, title: ({ version }) => `Pipeline revised to version ${version} (销售流程修订)` },
  TaskAssigned: {
    says: becomes('ASSIGNED'),
    title: ({ title, assigneeId }) => `Task${quoted(title)} given${to(assigneeId)} (任务分派)`,
  },
  TaskReassigned: {
    says: data => ({ ...data, status: 'ASSIGNED', acceptedOn: null }),
    title: ({ assigneeId }) => `Task passed on${to(assigneeId)} (任务转派)`,
  },
  TaskAccepted: { says: becomes('ACCEPTED'), title: () => 'Task accepted (任务接受)' },
  TaskCompleted: {
    says: becomes('COMPLETED'),
    title: ({ result }) => `Task completed (任务完成)${result ? because(result.slice(0, 200)) : ''}`,
  },
  TaskCancelled: { says: becomes('CANCELLED'), title: ({ reason }) => `Task cancelled (任务取消)${because(reason)}` },
  TeamFormed: { says: stated, title: ({ name }) => `Team${quoted(name)} formed (团队成立)` },
  TeamRenamed: { says: stated, title: ({ name }) => `Team renamed${quoted(name)} (团队更名)` },
  TeamLeaderAppointed: { says: stated, title: ({ leaderId }) => `Team leader ${leaderId} appointed (任命团队负责人)` },
};

/** The words of an event's type, unless this version does not know it. */
export function wordsOf(type: string): Words<unknown> | undefined {
  return Object.hasOwn(words, type)
    ? (words as unknown as { readonly [type: string]: Words<unknown> })[type]
    : undefined;
}

/** An event in words; a type that this version does not know is its own title. */
export function titleOf({ type, data }: Pick<RecordedEvent, 'type' | 'data'>): string {
  return wordsOf(type)?.title(data) ?? type;
}
