/** Stored for ever: never rename or retype; add an event, or add an upcaster. */
export type TeamEvents = {
  TeamFormed: { teamId: string; name: string; region?: string; leaderId?: string; externalId?: string };
  TeamRenamed: { teamId: string; name: string };
  TeamLeaderAppointed: { teamId: string; leaderId: string };
};
