import { OpenAccount } from '#crm/account/account.commands.js';
import { PlanCampaign } from '#crm/campaign/campaign.commands.js';
import { DraftContract } from '#crm/contract/contract.commands.js';
import { AddContact, RegisterCustomer } from '#crm/customer/customer.commands.js';
import { GrantRole, HireEmployee } from '#crm/employee/employee.commands.js';
import { EmployeeRole } from '#crm/employee/employee-role.js';
import { LogInteraction } from '#crm/interaction/interaction.commands.js';
import { CaptureLead } from '#crm/lead/lead.commands.js';
import { OpenOpportunity } from '#crm/opportunity/opportunity.commands.js';
import { ReceivePayment } from '#crm/payment/payment.commands.js';
import { AssignTask } from '#crm/task/task.commands.js';
import { FormTeam } from '#crm/team/team.commands.js';
import type { Role } from '#platform/access/permissions.js';
import { LocalIssuer } from '#platform/authentication/local-issuer.js';
import type { Envelope } from '#platform/graphql/command.js';
import type { Running } from '#test/operations/running.js';

const system = { actor: { id: 'seed', role: 'system' } };
const amount = { minor: 100_000, currency: 'CNY' };

/** Who has which role. Everybody works in the east; all records are those of `zhou`, in the west, and of the customer `foreign`. */
export const people: readonly { readonly role: Role; readonly email: string }[] = [
  ...Object.values(EmployeeRole).map(role => ({ role, email: `${role.toLowerCase()}@corp.example` })),
  { role: 'external', email: 'buyer@partner.example' },
  { role: 'integration', email: 'website@corp.example' },
];

/** The ids of the records that are not for those who reach only their own, their team's or their region's. */
export const foreign: Readonly<Record<string, string>> = {
  accountId: 'account-foreign',
  campaignId: 'campaign-foreign',
  contactId: 'contact-foreign',
  contractId: 'contract-foreign',
  customerId: 'customer-foreign',
  interactionId: 'interaction-foreign',
  leadId: 'lead-foreign',
  opportunityId: 'opportunity-foreign',
  paymentId: 'payment-foreign',
  pipelineId: 'default',
  taskId: 'task-foreign',
  teamId: 'west',
};

/** Hires the people and makes the records, past the checks that are to be tested. */
export async function found({ system: { executor } }: Running): Promise<void> {
  const send = <Command extends Envelope>(type: new () => Command, input: object) => executor.send(type, input, system);
  await send(FormTeam, { teamId: 'east', name: '东区', region: '华东' });
  await send(FormTeam, { teamId: 'west', name: '西区', region: '西南' });
  await send(HireEmployee, { employeeId: 'zhou', name: '周', email: 'zhou@corp.example', teamId: 'west' });
  for (const role of Object.values(EmployeeRole)) {
    const email = `${role.toLowerCase()}@corp.example`;
    await send(HireEmployee, { employeeId: role, name: role, email, teamId: 'east' });
    await send(GrantRole, { employeeId: role, role });
  }
  const { customerId, contactId, leadId, opportunityId, contractId, paymentId, interactionId, taskId } = foreign;
  await send(RegisterCustomer, { customerId: 'customer-own', name: '外部客户', ownerId: 'salesperson' });
  await send(RegisterCustomer, { customerId, name: '客户', ownerId: 'zhou' });
  await send(AddContact, { customerId, contactId, name: '联系人' });
  await send(CaptureLead, { leadId, name: '线索', ownerId: 'zhou' });
  await send(OpenOpportunity, { opportunityId, customerId, ownerId: 'zhou', amount });
  await send(DraftContract, { contractId, customerId, ownerId: 'zhou', amount });
  await send(ReceivePayment, { paymentId, customerId, ownerId: 'zhou', amount });
  await send(LogInteraction, { interactionId, customerId, employeeId: 'zhou', kind: 'CALL' });
  await send(AssignTask, { taskId, title: '任务', assigneeId: 'zhou' });
  await send(PlanCampaign, { campaignId: foreign.campaignId, name: '活动' });
  const external = { name: '伙伴', role: 'external', email: 'buyer@partner.example', customerId: 'customer-own' };
  await send(OpenAccount, { accountId: 'partner', ...external });
  await send(OpenAccount, { accountId: 'website', name: '网站', role: 'integration', email: 'website@corp.example' });
  const account = { accountId: foreign.accountId, name: '机器', role: 'integration', subject: 'machine' };
  await send(OpenAccount, account);
}

/** A token of somebody's e-mail. */
export const tokenOf = ({ system: { config } }: Running, email: string): Promise<string> =>
  LocalIssuer.of(config.dataDir).token(email, { seconds: 3_600 });
