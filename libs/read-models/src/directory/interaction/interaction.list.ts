import { days, ids, search, texts } from '../list/filters.js';
import { list } from '../list/list.js';
import { contact, customer, employee, opportunity } from '../references.js';
import { interactions as table } from './interaction.rows.js';
import { Interaction } from './interaction.type.js';

export const interactions = list({
  name: 'interactions',
  resource: 'interaction',
  one: 'interaction',
  description: 'Contacts with customers (联系记录), newest first unless sorted otherwise.',
  table,
  node: Interaction,
  guarded: { content: ['content'], result: ['result'] },
  filters: {
    ids: ids('interactionId', 'Their ids.'),
    externalIds: ids('externalId', 'Their ids in the system they were imported from.'),
    customerId: ids('customerId', 'Customers (客户).'),
    employeeId: ids('employeeId', 'Who was in touch (员工).'),
    opportunityId: ids('opportunityId', 'Opportunities (商机).'),
    kind: texts('kind', 'How one was in touch (联系方式): VISIT, CALL, EMAIL, MEETING, MESSAGE, OTHER.'),
    happenedOn: days('happenedOn', 'When they happened (日期).'),
    search: search(['content', 'result', 'externalId']),
  },
  sorts: { HAPPENED_ON: ['happenedOn', 'When it happened (日期).'] },
  references: {
    customer: customer('customerId', 'With whom (客户).'),
    employee: employee('employeeId', 'Who was in touch (员工).'),
    contact: contact('contactKey', 'The person there (联系人), if still among the contacts.'),
    opportunity: opportunity('opportunityId', 'What it was about (商机).'),
  },
});
