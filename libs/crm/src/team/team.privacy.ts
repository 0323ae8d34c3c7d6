import type { Privacy } from '#event-sourcing/privacy.js';
import type { TeamEvents } from './team.events.js';

export const teamPrivacy: Privacy<TeamEvents> = {
  TeamFormed: { about: 'nobody', notPersonal: { name: 'what a team is called' } },
  TeamRenamed: { about: 'nobody', notPersonal: { name: 'what a team is called' } },
  TeamLeaderAppointed: { about: 'nobody' },
};
