import { policies } from '#crm/policies/policies.js';
import { waitForPosition } from '#projections/wait.js';
import { projections } from '#read-models/read-models.js';
import { project } from './projecting.js';
import type { System } from './system.js';

const PATIENCE_MS = 600_000;

/**
 * Resolves when the read models show everything that is in the log now. Where no projector runs, this process is one for so long;
 * where one does, it keeps its lease and this process stands by.
 */
export async function catchUp(system: System): Promise<void> {
  const done = new AbortController();
  const projecting = project(system, done.signal);
  const names = [...projections, ...policies].map(({ name }) => name);
  // What policies do moves the head; they have nothing more to do when it stays where it is.
  for (let head = 0n; head !== (await system.store.head()); ) {
    head = await system.store.head();
    await waitForPosition(system.database, names, head, PATIENCE_MS);
  }
  done.abort();
  await projecting;
}
