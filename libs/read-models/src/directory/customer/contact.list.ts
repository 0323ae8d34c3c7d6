import { ids, search, texts } from '../list/filters.js';
import { list } from '../list/list.js';
import { customer } from '../references.js';
import { contacts as table } from './contact.rows.js';
import { Contact } from './contact.type.js';

export const contacts = list({
  name: 'contacts',
  resource: 'customer',
  description: 'Contacts (联系人) of customers, newest first unless sorted otherwise.',
  table,
  node: Contact,
  show: ({ contactId }) => ({ id: contactId }),
  guarded: { creditGrade: [], paymentMethod: [] },
  filters: {
    customerId: ids('customerId', 'The customers (客户).'),
    email: texts('email', 'Their e-mail addresses.'),
    phone: texts('phone', 'Their telephone numbers.'),
    search: search(['name', 'role', 'email', 'phone']),
  },
  sorts: { NAME: ['name', 'Name (姓名).'] },
  references: { customer: customer('customerId', 'Whose contact it is (客户).') },
});
