import * as account from '#crm/account/account.commands.js';
import * as campaign from '#crm/campaign/campaign.commands.js';
import * as contract from '#crm/contract/contract.commands.js';
import * as customer from '#crm/customer/customer.commands.js';
import * as employee from '#crm/employee/employee.commands.js';
import * as interaction from '#crm/interaction/interaction.commands.js';
import * as lead from '#crm/lead/lead.commands.js';
import * as opportunity from '#crm/opportunity/opportunity.commands.js';
import * as payment from '#crm/payment/payment.commands.js';
import * as personal from '#crm/personal/personal.commands.js';
import * as pipeline from '#crm/pipeline/pipeline.commands.js';
import * as task from '#crm/task/task.commands.js';
import * as team from '#crm/team/team.commands.js';
import type { Envelope } from '#platform/graphql/command.js';

type Case = readonly [type: new () => Envelope, input: object];

const cny = (minor: number) => ({ minor, currency: 'CNY' });
const usd = (minor: number) => ({ minor, currency: 'USD' });
const reason = 'as the case demands';

const organisation: readonly Case[] = [
  [team.FormTeam, { teamId: 'bare', name: 'Bare' }],
  [employee.HireEmployee, { employeeId: 'bare', name: '无名' }],
  [team.FormTeam, { teamId: 'full', name: 'Full', region: '华东', leaderId: 'bare', externalId: 'T-1' }],
  [team.RenameTeam, { teamId: 'full', name: '满编' }],
  [team.AppointTeamLeader, { teamId: 'bare', leaderId: 'bare' }],
  [
    employee.HireEmployee,
    {
      employeeId: 'full',
      name: '李雷',
      email: 'li.lei@example.com',
      teamId: 'full',
      region: '华东',
      managerId: 'bare',
      hiredOn: '2025-02-01',
      externalId: 'E-1',
    },
  ],
  [employee.HireEmployee, { employeeId: 'leaver', name: 'Leaver', email: 'leaver@example.com' }],
  [employee.MoveEmployee, { employeeId: 'full', teamId: 'bare' }],
  [employee.MoveEmployee, { employeeId: 'full', region: '华南', effectiveOn: '2025-03-01' }],
  [employee.MoveEmployee, { employeeId: 'bare', managerId: 'full', teamId: 'full', region: '华北' }],
  [employee.DismissEmployee, { employeeId: 'leaver' }],
  [employee.HireEmployee, { employeeId: 'successor', name: 'Successor', email: 'leaver@example.com' }],
  [
    campaign.PlanCampaign,
    {
      campaignId: 'full',
      name: '春季展会',
      cost: cny(500_000),
      startsOn: '2025-03-01',
      endsOn: '2025-03-05',
      externalId: 'C-1',
    },
  ],
  [campaign.PlanCampaign, { campaignId: 'bare', name: 'Bare' }],
  [campaign.LaunchCampaign, { campaignId: 'full' }],
  [campaign.RecordCampaignCost, { campaignId: 'full', cost: cny(612_345) }],
  [campaign.EndCampaign, { campaignId: 'full' }],
  [
    pipeline.DefinePipeline,
    { pipelineId: 'short', name: 'Short', stages: [{ stage: 'Only', name: '唯一' }], externalId: 'P-1' },
  ],
  [
    pipeline.RevisePipeline,
    {
      pipelineId: 'short',
      stages: [
        { stage: 'First', name: '其一', probability: 10 },
        { stage: 'Only', name: '唯一' },
      ],
    },
  ],
];

const leads: readonly Case[] = [
  [lead.CaptureLead, { leadId: 'bare', name: 'Bare' }],
  [
    lead.CaptureLead,
    {
      leadId: 'full',
      name: '韩梅梅',
      company: '远东机械',
      email: 'han@example.com',
      phone: '+86 21 1',
      source: '展会',
      campaignId: 'full',
      ownerId: 'bare',
      region: '华东',
      externalId: 'L-1',
    },
  ],
  [lead.AssignLead, { leadId: 'full', ownerId: 'full' }],
  [lead.QualifyLead, { leadId: 'full', score: 80 }],
  [lead.ConvertLead, { leadId: 'full', opportunityName: '产线', pipelineId: 'default', amount: cny(900_000) }],
  [lead.CaptureLead, { leadId: 'unowned', name: 'Unowned' }],
  [lead.QualifyLead, { leadId: 'unowned' }],
  [lead.DisqualifyLead, { leadId: 'unowned', reason }],
  [lead.CaptureLead, { leadId: 'owned', name: 'Owned', ownerId: 'full' }],
  [lead.DisqualifyLead, { leadId: 'owned', reason }],
  [lead.AssignLead, { leadId: 'bare', ownerId: 'full' }],
  [lead.CaptureLead, { leadId: 'plain', name: 'Plain' }],
  [lead.ConvertLead, { leadId: 'plain', customerId: 'full' }],
];

const profile = {
  industry: '机械',
  region: '华东',
  scale: '500+',
  address: '上海市 1 号',
  taxNumber: '91310-A',
  email: 'office@example.com',
  phone: '+86 21 2',
};
const person = { position: '采购经理', email: 'wang@example.com', phone: '+86 21 3' };
const cleared = Object.fromEntries(Object.keys(profile).map(field => [field, null]));

const customers: readonly Case[] = [
  [
    customer.RegisterCustomer,
    {
      customerId: 'full',
      name: '华东机电',
      type: 'DISTRIBUTOR',
      ...profile,
      ownerId: 'full',
      creditGrade: 'A',
      paymentMethod: '电汇',
      registeredOn: '2025-02-10',
      leadId: 'full',
      externalId: 'K-1',
    },
  ],
  [customer.RegisterCustomer, { customerId: 'bare', name: 'Bare' }],
  [customer.ChangeCustomerProfile, { customerId: 'full', name: '华东机电集团', type: 'PARTNER' }],
  [customer.ChangeCustomerProfile, { customerId: 'full', ...cleared }],
  [customer.ChangeCustomerProfile, { customerId: 'full', ...profile }],
  [customer.SetCreditTerms, { customerId: 'full', creditGrade: 'B' }],
  [customer.SetCreditTerms, { customerId: 'full', paymentMethod: '承兑' }],
  [customer.HandOverCustomer, { customerId: 'full', ownerId: 'bare' }],
  [customer.HandOverCustomer, { customerId: 'bare', ownerId: 'full' }],
  [customer.AddContact, { customerId: 'full', contactId: 'wang', name: '王芳', ...person }],
  [customer.AddContact, { customerId: 'full', contactId: 'plain', name: '赵四' }],
  [customer.ChangeContact, { customerId: 'full', contactId: 'wang', position: '总经理' }],
  [customer.ChangeContact, { customerId: 'full', contactId: 'wang', position: null, email: null, phone: null }],
  [customer.RemoveContact, { customerId: 'full', contactId: 'plain' }],
];

const opportunities: readonly Case[] = [
  [
    opportunity.OpenOpportunity,
    {
      opportunityId: 'full',
      customerId: 'full',
      leadId: 'full',
      name: '二期',
      ownerId: 'full',
      source: '展会',
      campaignId: 'full',
      amount: cny(1_000_000),
      expectedCloseOn: '2025-09-30',
      pipelineId: 'default',
      externalId: 'O-1',
    },
  ],
  [opportunity.AdvanceStage, { opportunityId: 'full', stage: '合同谈判' }],
  [opportunity.StepBack, { opportunityId: 'full', stage: 'Proposal' }],
  [opportunity.ReestimateOpportunity, { opportunityId: 'full', amount: cny(1_200_000) }],
  [opportunity.ReestimateOpportunity, { opportunityId: 'full', expectedCloseOn: '2025-10-31' }],
  [opportunity.HandOverOpportunity, { opportunityId: 'full', ownerId: 'bare' }],
  [opportunity.LoseOpportunity, { opportunityId: 'full', reason: '价格' }],
  [opportunity.ReopenOpportunity, { opportunityId: 'full' }],
  [opportunity.OpenOpportunity, { opportunityId: 'bare', unstaged: true }],
  [opportunity.ReestimateOpportunity, { opportunityId: 'bare', amount: usd(50_000) }],
  [opportunity.LoseOpportunity, { opportunityId: 'bare', reason }],
  [opportunity.ReopenOpportunity, { opportunityId: 'bare', stage: 'NeedsConfirmed' }],
  [opportunity.AdvanceStage, { opportunityId: 'bare', stage: 'Negotiation' }],
  [opportunity.StepBack, { opportunityId: 'bare', stage: 'Proposal' }],
  [opportunity.HandOverOpportunity, { opportunityId: 'bare', ownerId: 'full' }],
  [opportunity.OpenOpportunity, { opportunityId: 'modest', unstaged: true, pipelineId: 'short' }],
  [opportunity.WinOpportunity, { opportunityId: 'modest' }],
  [opportunity.ReopenOpportunity, { opportunityId: 'modest', stage: 'Only' }],
  [opportunity.RecordStageEntry, { opportunityId: 'modest', stage: 'lost', reason, amount: cny(7) }],
  [opportunity.OpenOpportunity, { opportunityId: 'signed', customerId: 'full', ownerId: 'full', amount: cny(30_000) }],
];

const plan = [
  { dueOn: '2025-06-01', minor: 10_000 },
  { dueOn: '2025-12-01', minor: 20_000 },
];

const money: readonly Case[] = [
  [
    contract.DraftContract,
    {
      contractId: 'full',
      customerId: 'full',
      opportunityId: 'signed',
      ownerId: 'full',
      number: 'HT-2025-001',
      amount: cny(30_000),
      instalments: plan,
      externalId: 'V-1',
    },
  ],
  [contract.SignContract, { contractId: 'full' }],
  [contract.DraftContract, { contractId: 'bare', customerId: 'bare', amount: usd(99) }],
  [contract.SignContract, { contractId: 'bare', signedOn: '2025-02-20' }],
  [contract.DraftContract, { contractId: 'ownerless', customerId: 'plain-customer', amount: cny(5_000) }],
  [contract.SignContract, { contractId: 'ownerless' }],
  [contract.TerminateContract, { contractId: 'ownerless', reason }],
  [
    payment.ReceivePayment,
    {
      paymentId: 'full',
      customerId: 'full',
      contractId: 'full',
      ownerId: 'full',
      campaignId: 'full',
      amount: cny(10_000),
      paidOn: '2025-02-25',
      externalId: 'Z-1',
    },
  ],
  [payment.ReversePayment, { paymentId: 'full', reason, reversedOn: '2025-02-26' }],
  [payment.ReceivePayment, { paymentId: 'bare', customerId: 'plain-customer', amount: cny(4_000) }],
  [payment.ReversePayment, { paymentId: 'bare', reason }],
  [payment.ReceivePayment, { paymentId: 'kept', customerId: 'full', contractId: 'full', amount: cny(12_500) }],
  [contract.DraftContract, { contractId: 'ended', customerId: 'full', opportunityId: 'full', amount: cny(1) }],
  [contract.TerminateContract, { contractId: 'ended', reason }],
];

const work: readonly Case[] = [
  [
    interaction.LogInteraction,
    {
      interactionId: 'full',
      customerId: 'full',
      employeeId: 'full',
      contactId: 'wang',
      opportunityId: 'full',
      kind: 'VISIT',
      content: '现场考察\n第二行',
      result: '满意',
      externalId: 'I-1',
    },
  ],
  ...['CALL', 'EMAIL', 'MEETING', 'MESSAGE', 'OTHER'].map(
    (kind): Case => [interaction.LogInteraction, { interactionId: kind, customerId: 'bare', employeeId: 'bare', kind }],
  ),
  [interaction.RetractInteraction, { interactionId: 'OTHER', reason }],
  [
    task.AssignTask,
    {
      taskId: 'full',
      title: '寄样品',
      assigneeId: 'bare',
      assignedById: 'full',
      customerId: 'full',
      opportunityId: 'full',
      dueOn: '2025-02-01',
    },
  ],
  [task.ReassignTask, { taskId: 'full', assigneeId: 'full' }],
  [task.AcceptTask, { taskId: 'full' }],
  [task.CompleteTask, { taskId: 'full', result: '已寄出' }],
  [task.AssignTask, { taskId: 'bare', title: 'Bare', assigneeId: 'bare' }],
  [task.ReassignTask, { taskId: 'bare', assigneeId: 'full' }],
  [task.CompleteTask, { taskId: 'bare' }],
  [task.AssignTask, { taskId: 'cancelled', title: 'Cancelled', assigneeId: 'bare' }],
  [task.CancelTask, { taskId: 'cancelled', reason }],
  [task.AssignTask, { taskId: 'dropped', title: 'Dropped', assigneeId: 'bare', customerId: 'full' }],
  [task.CancelTask, { taskId: 'dropped', reason }],
];

const accounts: readonly Case[] = [
  [employee.GrantRole, { employeeId: 'full', role: 'salesperson' }],
  [employee.RevokeRole, { employeeId: 'full', role: 'salesperson' }],
  [
    account.OpenAccount,
    { accountId: 'buyer', name: 'Buyer', role: 'external', email: 'buyer@example.com', customerId: 'full' },
  ],
  [account.OpenAccount, { accountId: 'machine', name: 'Machine', role: 'integration', subject: 'machine' }],
  [account.CloseAccount, { accountId: 'machine' }],
  [account.CloseAccount, { accountId: 'buyer', reason }],
];

const erasures: readonly Case[] = [
  [personal.ErasePerson, { erasureId: 'customer', customerId: 'plain-customer' }],
  [personal.ErasePerson, { erasureId: 'contact', customerId: 'full', contactId: 'full' }],
  [personal.ErasePerson, { erasureId: 'lead', leadId: 'bare' }],
  [personal.ErasePerson, { erasureId: 'employee', employeeId: 'leaver' }],
  [personal.ErasePerson, { erasureId: 'account', accountId: 'buyer' }],
];

/**
 * Commands whose events hold every optional field, and commands whose events lack it, in an order in which they are accepted. Whoever
 * adds a field or an event to what is stored adds a case here: the golden test says which one is missing.
 */
export const scriptedCases: readonly Case[] = [
  ...organisation,
  ...customers.slice(1, 2),
  ...leads.slice(0, 5),
  ...customers.slice(0, 1),
  ...leads.slice(5),
  ...customers.slice(2),
  ...opportunities,
  [customer.RegisterCustomer, { customerId: 'plain-customer', name: 'Nobody’s' }],
  ...money,
  ...work,
  ...accounts,
  ...erasures,
];
