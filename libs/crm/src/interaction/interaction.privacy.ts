import type { Privacy } from '#event-sourcing/privacy.js';
import type { InteractionEvents } from './interaction.events.js';

export const interactionPrivacy: Privacy<InteractionEvents> = {
  InteractionLogged: { about: ['contactId', 'customerId'], personal: ['content', 'result'] },
  InteractionRetracted: { about: ['customerId'], personal: ['reason'] },
};
