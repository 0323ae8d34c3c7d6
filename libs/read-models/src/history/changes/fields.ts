import type { CrmEvents } from '#crm/events.js';

/** Every field that the data of some event has. */
type DataField = { [Type in keyof CrmEvents]: keyof CrmEvents[Type] & string }[keyof CrmEvents];
/** What events say by their type, or by fields of other names. */
type Implied = 'status' | 'stage' | 'closedOn' | 'roles';
export type FieldName = DataField | Implied;

/** What is known of a record's fields; `null` and absent alike: nothing. */
export type Facts = { readonly [Name in FieldName]?: Name extends 'status' ? Status : unknown };

/** Kinds of records whose ids stand in events; their streams are called after them. */
export const referred = [
  'campaign',
  'contact',
  'contract',
  'customer',
  'employee',
  'lead',
  'opportunity',
  'pipeline',
  'team',
] as const;
export type Referred = (typeof referred)[number];

/** A field of a record, in words of the business. */
export interface Field {
  readonly name: string;
  readonly label: string;
  /** How its values are told; as they are where it is left out. */
  readonly shows?: 'money' | 'stage' | 'stages' | 'status' | 'instalments' | 'yesOrNo' | Referred;
}

const field = (name: string, label: string, shows?: Field['shows']): Field => ({ name, label, shows });

/** Stands in events for their readers, and is told by another field. */
const UNTOLD = undefined;

/** The words of every field, in the order in which changes are told. A field without words, or without a reason for that, does not compile. */
export const fields: { readonly [Name in FieldName]: Field | typeof UNTOLD } = {
  status: field('Status', '状态', 'status'),
  stage: field('Stage', '阶段', 'stage'),
  name: field('Name', '名称'),
  title: field('Title', '标题'),
  number: field('Number', '编号'),
  type: field('Type', '客户形态'),
  kind: field('Kind', '方式'),
  company: field('Company', '公司'),
  customerName: field('Customer’s name', '客户名称'),
  opportunityName: field('Opportunity’s name', '商机名称'),
  position: field('Position', '职务'),
  email: field('E-mail', '邮箱'),
  phone: field('Phone', '电话'),
  address: field('Address', '地址'),
  taxNumber: field('Tax number', '税号'),
  industry: field('Industry', '行业'),
  region: field('Region', '区域'),
  scale: field('Scale', '规模'),
  creditGrade: field('Credit grade', '信用等级'),
  paymentMethod: field('Payment method', '支付方式'),
  source: field('Source', '来源'),
  score: field('Score', '意向度'),
  amount: field('Amount', '金额', 'money'),
  cost: field('Cost', '费用', 'money'),
  instalments: field('Instalments', '回款计划', 'instalments'),
  content: field('Content', '内容'),
  result: field('Result', '结果'),
  reason: field('Reason', '原因'),
  ownerId: field('Owner', '负责人', 'employee'),
  assigneeId: field('Assignee', '执行人', 'employee'),
  assignedById: field('Assigned by', '分派人', 'employee'),
  employeeId: field('Employee', '员工', 'employee'),
  managerId: field('Manager', '上级', 'employee'),
  leaderId: field('Leader', '团队负责人', 'employee'),
  teamId: field('Team', '团队', 'team'),
  customerId: field('Customer', '客户', 'customer'),
  contactId: field('Contact', '联系人', 'contact'),
  leadId: field('Lead', '线索', 'lead'),
  opportunityId: field('Opportunity', '商机', 'opportunity'),
  contractId: field('Contract', '合同', 'contract'),
  campaignId: field('Campaign', '市场活动', 'campaign'),
  pipelineId: field('Pipeline', '销售流程', 'pipeline'),
  version: field('Version', '版本'),
  stages: field('Stages', '阶段设置', 'stages'),
  role: field('Role', '角色'),
  roles: field('Roles', '角色'),
  subject: field('Login', '登录标识'),
  expectedCloseOn: field('Expected close', '预计成交日期'),
  dueOn: field('Due on', '截止日期'),
  startsOn: field('Starts on', '开始日期'),
  endsOn: field('Ends on', '结束日期'),
  launchedOn: field('Launched on', '启动日期'),
  endedOn: field('Ended on', '实际结束日期'),
  registeredOn: field('Registered on', '登记日期'),
  openedOn: field('Opened on', '录入日期'),
  closedOn: field('Closed on', '结束日期'),
  signedOn: field('Signed on', '签约日期'),
  terminatedOn: field('Terminated on', '终止日期'),
  paidOn: field('Paid on', '回款日期'),
  reversedOn: field('Reversed on', '冲销日期'),
  acceptedOn: field('Accepted on', '接受日期'),
  completedOn: field('Completed on', '完成日期'),
  onTime: field('On time', '按时', 'yesOrNo'),
  happenedOn: field('Happened on', '联系日期'),
  hiredOn: field('Hired on', '入职日期'),
  effectiveOn: field('Effective on', '生效日期'),
  dismissedOn: field('Left on', '离职日期'),
  externalId: field('External id', '外部编号'),
  // The former ones are what was recorded before, not what an event says of it.
  previousOwnerId: UNTOLD,
  previousAssigneeId: UNTOLD,
  from: UNTOLD,
  // By `stage`, `closedOn` and `accountId`’s own stream.
  to: UNTOLD,
  wonOn: UNTOLD,
  lostOn: UNTOLD,
  accountId: UNTOLD,
  interactionId: UNTOLD,
  paymentId: UNTOLD,
  taskId: UNTOLD,
  // Of the pipeline, as the opportunity keeps it; `stage` is told by these names.
  pipelineVersion: UNTOLD,
  stageNames: UNTOLD,
  // Of an erasure; its title says it all.
  erasureId: UNTOLD,
  persons: UNTOLD,
  requestedOn: UNTOLD,
};

/** The words of what has become of a record. */
export const statuses = {
  ACCEPTED: '已接受',
  ASSIGNED: '已分派',
  CANCELLED: '已取消',
  CLOSED: '已停用',
  COMPLETED: '已完成',
  CONVERTED: '已转化',
  DISQUALIFIED: '已作废',
  DRAFT: '草稿',
  EMPLOYED: '在职',
  ENDED: '已结束',
  LEFT: '离职',
  LOGGED: '已记录',
  LOST: '丢单',
  NEW: '新线索',
  OPEN: '进行中',
  PLANNED: '计划中',
  PRESENT: '有效',
  QUALIFIED: '已确认',
  RECEIVED: '已回款',
  REMOVED: '已删除',
  RETRACTED: '已撤销',
  REVERSED: '已冲销',
  RUNNING: '进行中',
  SIGNED: '已签约',
  TERMINATED: '已终止',
  WON: '赢单',
} as const satisfies Record<string, string>;
export type Status = keyof typeof statuses;
