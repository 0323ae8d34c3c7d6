import type { Privacy } from '#event-sourcing/privacy.js';
import type { PaymentEvents } from './payment.events.js';

export const paymentPrivacy: Privacy<PaymentEvents> = {
  PaymentReceived: { about: ['customerId'], personal: [] },
  PaymentReversed: { about: ['customerId'], personal: ['reason'] },
};
