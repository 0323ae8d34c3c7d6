import type { CrmEvents } from '#crm/events.js';
import { integer, projection } from '#event-sourcing/projection.js';

/** A counter per owner and day: as little as a projection can do with an event. */
export const light = projection<CrmEvents>()('light', { version: 1 });
light.rows('days', {
  key: {
    column: 'ownerDay',
    of: ({ data, metadata }) => {
      const { ownerId } = data as { ownerId?: string };
      return ownerId && `${ownerId} ${metadata.occurredAt.slice(0, 10)}`;
    },
  },
  columns: { opened: integer, advanced: integer },
  on: {
    OpportunityOpened: row => ({ opened: (row?.opened ?? 0) + 1, advanced: row?.advanced ?? 0 }),
    StageAdvanced: row => ({ opened: row?.opened ?? 0, advanced: (row?.advanced ?? 0) + 1 }),
  },
});
