import { RegisterCustomer } from '#crm/customer/customer.commands.js';
import type { Kind } from './kind.js';

export const customers: Kind = {
  columns: {
    externalId: 'required',
    name: 'required',
    type: 'optional',
    industry: 'optional',
    region: 'optional',
    scale: 'optional',
    owner: 'optional',
    taxNumber: 'optional',
    email: 'optional',
    phone: 'optional',
    creditGrade: 'optional',
    paymentMethod: 'optional',
    registeredOn: 'optional',
  },
  unique: 'taxNumber',
  references: { owner: 'employees' },
  fields: { ownerId: 'owner', occurredAt: 'registeredOn' },
  steps: (row, { id }) => [
    {
      type: RegisterCustomer,
      input: {
        customerId: id,
        name: row.required('name'),
        type: row.code('type'),
        industry: row.text('industry'),
        region: row.text('region'),
        scale: row.text('scale'),
        ownerId: row.reference('owner'),
        taxNumber: row.text('taxNumber'),
        email: row.text('email'),
        phone: row.text('phone'),
        creditGrade: row.text('creditGrade'),
        paymentMethod: row.text('paymentMethod'),
        registeredOn: row.day('registeredOn'),
        externalId: row.required('externalId'),
        occurredAt: row.startOf('registeredOn'),
      },
    },
  ],
};
