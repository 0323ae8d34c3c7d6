import type { Kysely } from 'kysely';
import type { RequestContext } from '#platform/access/request-context.js';
import { systemViewer } from '#platform/access/viewer.js';
import { View } from '#read-models/access/view.js';

/** Read models as Chronicle itself sees them: all of them. */
export const seeingAll = <Tables>(db: Kysely<Tables>): View<Tables> => new View(db, systemViewer());

/** The context of what Chronicle itself asks. */
export const asSystem: RequestContext = {
  sender: { actor: systemViewer().actor, viewer: systemViewer() },
  viewer: systemViewer(),
  address: '127.0.0.1',
};
