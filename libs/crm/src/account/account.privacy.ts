import type { Privacy } from '#event-sourcing/privacy.js';
import type { AccountEvents } from './account.events.js';

export const accountPrivacy: Privacy<AccountEvents> = {
  AccountOpened: { about: ['accountId'], personal: ['name', 'email', 'subject'] },
  AccountClosed: { about: ['accountId'], personal: ['reason'] },
};
