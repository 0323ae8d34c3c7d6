import { registerEnumType } from '@nestjs/graphql';

/** What a customer is to us (客户形态). */
export const CustomerType = {
  BUYER: 'BUYER',
  DISTRIBUTOR: 'DISTRIBUTOR',
  PARTNER: 'PARTNER',
  SUPPLIER: 'SUPPLIER',
  BANK: 'BANK',
  GOVERNMENT: 'GOVERNMENT',
  INTERNAL: 'INTERNAL',
} as const;
export type CustomerType = keyof typeof CustomerType;

registerEnumType(CustomerType, {
  name: 'CustomerType',
  description: 'What a customer is to us (客户形态).',
  valuesMap: {
    BUYER: { description: 'Buys from us (购买客户).' },
    DISTRIBUTOR: { description: 'Sells our products on (经销商).' },
    PARTNER: { description: 'Works with us (合作伙伴).' },
    SUPPLIER: { description: 'Supplies us (供应商).' },
    BANK: { description: 'A bank (银行).' },
    GOVERNMENT: { description: 'An authority (政府部门).' },
    INTERNAL: { description: 'A department of our own (内部单位).' },
  },
});
