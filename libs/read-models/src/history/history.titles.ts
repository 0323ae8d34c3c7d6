import type { CrmEvents } from '#crm/events.js';
import type { Money } from '#crm/money.js';
import type { RecordedEvent } from '#event-sourcing/event.js';
import { money } from './changes/words.js';

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

/** Each type of event in words, with its Chinese term. A type without a sentence does not compile. */
const titles: { readonly [Type in keyof CrmEvents]: (data: CrmEvents[Type]) => string } = {
  CampaignPlanned: ({ name }) => `Campaign${quoted(name)} planned (市场活动计划)`,
  CampaignLaunched: () => 'Campaign launched (市场活动启动)',
  CampaignCostRecorded: ({ cost }) => `Campaign cost${of(cost)} recorded (市场活动费用)`,
  CampaignEnded: () => 'Campaign ended (市场活动结束)',
  ContactAdded: ({ name }) => `Contact${quoted(name)} added (新增联系人)`,
  ContactChanged: ({ name }) => `Contact${quoted(name)} changed (联系人变更)`,
  ContactRemoved: ({ contactId }) => `Contact ${contactId} removed (删除联系人)`,
  ContractDrafted: ({ number, amount }) => `Contract${quoted(number)}${worth(amount)} drafted (合同起草)`,
  ContractSigned: ({ amount, signedOn }) => `Contract${worth(amount)} signed on ${signedOn} (合同签约)`,
  ContractTerminated: ({ reason }) => `Contract terminated (合同终止)${because(reason)}`,
  CreditTermsSet: ({ creditGrade, paymentMethod }) =>
    `Credit terms set (信用条款): ${[creditGrade, paymentMethod].filter(Boolean).join(', ')}`,
  CustomerHandedOver: ({ ownerId }) => `Customer handed over${to(ownerId)} (客户交接)`,
  CustomerProfileChanged: data => `Customer profile changed (客户资料变更): ${fields(data, ['customerId'])}`,
  CustomerRegistered: ({ name }) => `Customer${quoted(name)} registered (客户登记)`,
  AccountOpened: ({ name, role }) => `Account${quoted(name)} opened as ${role} (开通账号)`,
  AccountClosed: ({ reason }) => `Account closed (停用账号)${reason ? because(reason) : ''}`,
  EmployeeHired: ({ name }) => `Employee${quoted(name)} hired (入职)`,
  EmployeeMoved: ({ effectiveOn }) => `Employee moved from ${effectiveOn} on (调岗)`,
  EmployeeDismissed: ({ dismissedOn }) => `Employee left on ${dismissedOn} (离职)`,
  RoleGranted: ({ role }) => `Role ${role} granted (授予角色)`,
  RoleRevoked: ({ role }) => `Role ${role} taken back (收回角色)`,
  InteractionLogged: ({ kind, content }) =>
    `${kind[0]}${kind.slice(1).toLowerCase()} logged (联系记录)${content ? because(content.slice(0, 200)) : ''}`,
  InteractionRetracted: ({ kind, reason }) =>
    `${kind[0]}${kind.slice(1).toLowerCase()} retracted (撤销联系记录)${because(reason)}`,
  LeadCaptured: ({ name }) => `Lead${quoted(name)} captured (线索录入)`,
  LeadAssigned: ({ ownerId }) => `Lead assigned${to(ownerId)} (线索分配)`,
  LeadQualified: ({ score }) => `Lead qualified (线索确认)${score === undefined ? '' : `, score ${score}`}`,
  LeadDisqualified: ({ reason }) => `Lead given up (线索作废)${because(reason)}`,
  LeadConverted: ({ customerName }) => `Lead converted to customer${quoted(customerName)} (线索转化)`,
  OpportunityOpened: ({ name, amount }) => `Opportunity${quoted(name)}${worth(amount)} opened (商机录入)`,
  StageAdvanced: ({ from, to }) => `Advanced ${from ? `from ${from} ` : ''}to ${to} (阶段推进)`,
  StageSteppedBack: ({ from, to }) => `Stepped back from ${from} to ${to} (退回阶段)`,
  OpportunityReestimated: ({ amount, expectedCloseOn }) =>
    `Opportunity re-estimated (商机预估变更)${worth(amount)}${expectedCloseOn ? `, expected on ${expectedCloseOn}` : ''}`,
  OpportunityWon: ({ amount }) => `Opportunity${worth(amount)} won (赢单)`,
  OpportunityLost: ({ reason }) => `Opportunity lost (丢单)${because(reason)}`,
  OpportunityReopened: ({ from, to }) => `Opportunity that was ${from} reopened in ${to} (商机重启)`,
  OpportunityHandedOver: ({ ownerId }) => `Opportunity handed over${to(ownerId)} (商机交接)`,
  PaymentReceived: ({ amount, paidOn }) => `Payment of ${money(amount)} received on ${paidOn} (回款)`,
  PaymentReversed: ({ amount, reason }) => `Payment of ${money(amount)} reversed (回款冲销)${because(reason)}`,
  PipelineDefined: ({ name }) => `Pipeline${quoted(name)} defined (销售流程定义)`,
  PipelineRevised: ({ version }) => `Pipeline revised to version ${version} (销售流程修订)`,
  TaskAssigned: ({ title, assigneeId }) => `Task${quoted(title)} given${to(assigneeId)} (任务分派)`,
  TaskReassigned: ({ assigneeId }) => `Task passed on${to(assigneeId)} (任务转派)`,
  TaskAccepted: () => 'Task accepted (任务接受)',
  TaskCompleted: ({ result }) => `Task completed (任务完成)${result ? because(result.slice(0, 200)) : ''}`,
  TaskCancelled: ({ reason }) => `Task cancelled (任务取消)${because(reason)}`,
  TeamFormed: ({ name }) => `Team${quoted(name)} formed (团队成立)`,
  TeamRenamed: ({ name }) => `Team renamed${quoted(name)} (团队更名)`,
  TeamLeaderAppointed: ({ leaderId }) => `Team leader ${leaderId} appointed (任命团队负责人)`,
};

/** An event in words; a type that this version does not know is its own title. */
export function titleOf({ type, data }: Pick<RecordedEvent, 'type' | 'data'>): string {
  const title = (titles as { readonly [type: string]: (data: never) => string })[type];
  return title ? title(data as never) : type;
}
