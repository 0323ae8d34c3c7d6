import { ObjectType, registerEnumType } from '@nestjs/graphql';
import { Money } from '#platform/graphql/money.js';
import { DirectoryRecord, shown } from '../list/shown.js';

export const PaymentStatus = { RECEIVED: 'RECEIVED', REVERSED: 'REVERSED' } as const;
registerEnumType(PaymentStatus, {
  name: 'PaymentStatus',
  description: 'How a payment stands (回款状态).',
  valuesMap: {
    RECEIVED: { description: 'Received (已收款).' },
    REVERSED: { description: 'Taken back, as if it had never been received (已冲销).' },
  },
});

@ObjectType({ description: 'A payment by a customer (回款).' })
export class Payment extends DirectoryRecord {
  @shown.id('Its id in the system it was imported from.') externalId: string | null;
  @shown.enum(() => PaymentStatus, 'How it stands (状态).') status: keyof typeof PaymentStatus;
  @shown.money('How much (金额).', { always: true }) amount: Money;
  @shown.day('When it was paid (回款日期).', { always: true }) paidOn: string;
  @shown.day('When it was taken back (冲销日期).') reversedOn: string | null;
  @shown.text('Why it was taken back (冲销原因).') reversalReason: string | null;
}
