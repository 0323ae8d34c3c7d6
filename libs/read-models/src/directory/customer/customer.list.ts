import { days, ids, present, search, texts } from '../list/filters.js';
import { list } from '../list/list.js';
import { employee, lead } from '../references.js';
import { customerCounts as counts, customers as table } from './customer.rows.js';
import { Customer } from './customer.type.js';

/** One customer by id is its card, which answers more than this. */
export const customers = list({
  name: 'customers',
  resource: 'customer',
  description: 'Customers (客户), newest first unless sorted otherwise.',
  table,
  counts,
  node: Customer,
  guarded: { creditGrade: ['creditGrade', 'creditTerms'], paymentMethod: ['paymentMethod', 'creditTerms'] },
  filters: {
    ids: ids('customerId', 'Their ids.'),
    externalIds: ids('externalId', 'Their ids in the system they were imported from.'),
    ownerId: ids('ownerId', 'Whose they are (负责人).'),
    owned: present('ownerId', 'Whether anybody takes care of them (是否已分配).'),
    type: texts('type', 'What they are to us (客户形态): BUYER, DISTRIBUTOR, PARTNER …'),
    industry: texts('industry', 'Industries (行业).'),
    region: texts('region', 'Regions (区域).'),
    scale: texts('scale', 'Sizes (规模).'),
    creditGrade: texts('creditGrade', 'Credit grades (信用等级).'),
    paymentMethod: texts('paymentMethod', 'How they pay (支付方式).'),
    taxNumber: texts('taxNumber', 'Tax numbers (税号).'),
    leadId: ids('leadId', 'The leads that they were.'),
    registeredOn: days('registeredOn', 'Customers since (登记日期).'),
    search: search(['name', 'externalId', 'taxNumber', 'email', 'phone']),
  },
  sorts: {
    NAME: ['name', 'Name (名称).'],
    REGISTERED_ON: ['registeredOn', 'Customer since (登记日期).'],
  },
  references: {
    owner: employee('ownerId', 'Who takes care of it (负责人).'),
    lead: lead('leadId', 'The lead that it was (线索).'),
  },
});
