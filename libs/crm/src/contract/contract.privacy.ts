import type { Privacy } from '#event-sourcing/privacy.js';
import type { ContractEvents } from './contract.events.js';

export const contractPrivacy: Privacy<ContractEvents> = {
  ContractDrafted: { about: ['customerId'], personal: [] },
  ContractSigned: { about: ['customerId'], personal: [] },
  ContractTerminated: { about: ['customerId'], personal: ['reason'] },
};
