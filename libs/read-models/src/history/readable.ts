import type { RecordedEvent } from '#event-sourcing/event.js';
import { actions, type Permission, type Resource } from '#platform/access/permissions.js';
import type { Viewer } from '#platform/access/viewer.js';

/** What the events call a guarded field, where it has another name there. */
const IN_EVENTS: Readonly<Record<string, string>> = { lossReason: 'reason' };

const resources = Object.keys(actions) as Resource[];
const readPermission = (resource: string) => `${resource}.read` as Permission;

/**
 * What somebody may read of the whole log: the event, without guarded fields that are hidden; none if it is about a kind of records of
 * which not all are visible. Reservations of unique values (digests of e-mails, tax numbers) are for those who see accounts.
 */
export function readableBy(viewer: Viewer): (event: RecordedEvent) => RecordedEvent[] {
  const seen = new Set<string>(resources.filter(resource => viewer.sight(readPermission(resource)) === 'everything'));
  return event => {
    const resource = resources.find(name => event.stream.startsWith(`${name}-`));
    if (!seen.has(resource ?? 'account')) return [];
    const hidden = resource ? viewer.fieldsHidden(resource).map(field => IN_EVENTS[field] ?? field) : [];
    return [hidden.length ? without(event, hidden) : event];
  };
}

/** Whether somebody may look into whatever a read model holds. */
export const readsAll = (viewer: Viewer): boolean =>
  viewer.may('events.read') && resources.every(resource => viewer.fieldsHidden(resource).length === 0);

function without(event: RecordedEvent, fields: readonly string[]): RecordedEvent {
  const kept = <Fields extends object>(of: Fields) =>
    Object.fromEntries(Object.entries(of).filter(([name]) => !fields.includes(name))) as Fields;
  return { ...event, data: kept(event.data as object), metadata: kept(event.metadata) };
}
