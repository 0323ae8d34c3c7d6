import { Command, Envelope, NewId, Reference } from '#platform/graphql/command.js';
import { DayField, Email, Id, OneOf, Phone, Text } from '#platform/graphql/fields.js';
import { CustomerType } from './customer-type.js';

@Command('Register a customer (客户登记).', { allow: 'customer.register' })
export class RegisterCustomer extends Envelope {
  @NewId('The customer.') customerId?: string;
  @Text('Its name (客户名称).') name: string;
  @OneOf(CustomerType, 'What it is to us (客户形态); default BUYER.', { optional: true }) type?: CustomerType;
  @Text('Industry (行业).', { optional: true }) industry?: string;
  @Text('Region (区域).', { optional: true }) region?: string;
  @Text('Scale (规模).', { optional: true }) scale?: string;
  @Text('Address (地址).', { optional: true, max: 500 }) address?: string;
  @Reference('employee', 'Who takes care of it (负责人); default the owner of the lead.', { optional: true })
  ownerId?: string;
  @Text('Tax number (税号); no two customers share one.', { optional: true, max: 50 }) taxNumber?: string;
  @Email('E-mail.', { optional: true }) email?: string;
  @Phone('Telephone (电话).', { optional: true }) phone?: string;
  @Text('Credit grade (信用等级).', { optional: true, max: 50 }) creditGrade?: string;
  @Text('Method of payment (支付方式).', { optional: true, max: 50 }) paymentMethod?: string;
  @DayField('Since when it is a customer (登记日期); default the day it happened.', { optional: true })
  registeredOn?: string;
  @Reference('lead', 'The lead (线索) that became this customer.', { optional: true }) leadId?: string;
  @Text('Its id in the system it was imported from.', { optional: true }) externalId?: string;
}

@Command('Change what is known about a customer (客户资料变更). What is left out stays; `null` empties a field.', {
  allow: 'customer.change',
})
export class ChangeCustomerProfile extends Envelope {
  @Id('The customer.') customerId: string;
  @Text('Its name (客户名称).', { optional: true }) name?: string;
  @OneOf(CustomerType, 'What it is to us (客户形态).', { optional: true }) type?: CustomerType;
  @Text('Industry (行业).', { clearable: true }) industry?: string | null;
  @Text('Region (区域).', { clearable: true }) region?: string | null;
  @Text('Scale (规模).', { clearable: true }) scale?: string | null;
  @Text('Address (地址).', { clearable: true, max: 500 }) address?: string | null;
  @Text('Tax number (税号); no two customers share one.', { clearable: true, max: 50 }) taxNumber?: string | null;
  @Email('E-mail.', { clearable: true }) email?: string | null;
  @Phone('Telephone (电话).', { clearable: true }) phone?: string | null;
}

@Command('Set a customer’s credit grade and method of payment (信用等级、支付方式). What is left out stays.', {
  allow: 'customer.setCreditTerms',
})
export class SetCreditTerms extends Envelope {
  @Id('The customer.') customerId: string;
  @Text('Credit grade (信用等级).', { optional: true, max: 50 }) creditGrade?: string;
  @Text('Method of payment (支付方式).', { optional: true, max: 50 }) paymentMethod?: string;
}

@Command('Hand a customer over to another salesperson (客户交接).', { allow: 'customer.handOver' })
export class HandOverCustomer extends Envelope {
  @Id('The customer.') customerId: string;
  @Reference('employee', 'Who takes care of it from now on (负责人).') ownerId: string;
}

@Command('Add a contact to a customer (添加联系人).', { allow: 'customer.addContact' })
export class AddContact extends Envelope {
  @Id('The customer.') customerId: string;
  @Id('The contact; made up if absent.', { optional: true }) contactId?: string;
  @Text('The person’s name (姓名).') name: string;
  @Text('Position (职务).', { optional: true }) position?: string;
  @Email('E-mail.', { optional: true }) email?: string;
  @Phone('Telephone (电话).', { optional: true }) phone?: string;
}

@Command('Change a contact (联系人变更). What is left out stays; `null` empties a field.', {
  allow: 'customer.changeContact',
})
export class ChangeContact extends Envelope {
  @Id('The customer.') customerId: string;
  @Id('The contact.') contactId: string;
  @Text('The person’s name (姓名).', { optional: true }) name?: string;
  @Text('Position (职务).', { clearable: true }) position?: string | null;
  @Email('E-mail.', { clearable: true }) email?: string | null;
  @Phone('Telephone (电话).', { clearable: true }) phone?: string | null;
}

@Command('Remove a contact (删除联系人); the history keeps it.', { allow: 'customer.removeContact' })
export class RemoveContact extends Envelope {
  @Id('The customer.') customerId: string;
  @Id('The contact.') contactId: string;
}
