import { describe, expect, it } from '@jest/globals';
import { LogDigest, lineOf } from '#apps/cli/src/events/event-line.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import { all, eventsOf } from '#event-store/contract/opened-store.js';
import { funnel } from '#read-models/funnel/funnel.projection.js';
import { organisation } from '#read-models/organisation/organisation.projection.js';
import { poisoned } from '../faults/poisoned.js';
import { recordHistory } from './record.js';
import { releases, unreleased, writeGolden } from './releases.js';
import { replayed, storeOf } from './replay.js';
import { missingVariants } from './variants.js';

const PATIENCE_MS = 120_000;
const WRITE = process.env.GOLDEN === 'write';

/** What no decider of today stores, or stores always, although the type of the event would allow otherwise. */
const NEVER = new Set(['OpportunityOpened without stageNames']);

const digestOf = async (store: EventStore) => {
  const digest = new LogDigest();
  for (const event of eventsOf(await all(store.readAll()))) digest.add(lineOf(event));
  return digest.end();
};

if (WRITE) it('records the history of this version', writeGolden, PATIENCE_MS);

for (const { version, log, known } of releases())
  describe(`The history of release ${version}`, () => {
    it(
      'means to every read model what it has always meant',
      async () => {
        const found = await replayed(log);
        for (const [name, { version: today, outcome }] of Object.entries(found)) {
          const then = known[name]?.[today];
          if (!then) throw new Error(`Nothing is known of version ${today} of ${name}. ${ADVICE}`);
          // The definition has changed although its version has not: raise it.
          expect({ name, today, ...outcome }).toEqual({ name, today, ...then });
        }
      },
      PATIENCE_MS,
    );

    if (version === unreleased)
      it(
        'is what this version records',
        async () => {
          if ((await digestOf(await recordHistory())).digest !== (await digestOf(await storeOf(log))).digest)
            throw new Error(`This version records another history by now. ${ADVICE}`);
        },
        PATIENCE_MS,
      );

    if (version === unreleased)
      it('holds every event type, with and without each optional field', async () => {
        const events = eventsOf(await all((await storeOf(log)).readAll()));
        expect(missingVariants(events).filter(variant => !NEVER.has(variant))).toEqual([]);
      });
  });

const ADVICE = '`npm run golden` writes what is missing; CONTRIBUTING.md says when that is right.';

describe('The golden histories', () => {
  it('Control: miss an event type, an optional field, and an event without it', async () => {
    const events = eventsOf(await all((await storeOf(releases().at(-1)!.log)).readAll()));
    const fewer = events.filter(
      ({ type, data }) =>
        type !== 'TaskCancelled' &&
        !(type === 'LeadQualified' && (data as { score?: number }).score !== undefined) &&
        !(type === 'TaskAssigned' && (data as { dueOn?: string }).dueOn === undefined),
    );
    expect(missingVariants(fewer)).toEqual(
      expect.arrayContaining(['TaskCancelled', 'LeadQualified with score', 'TaskAssigned without dueOn']),
    );
  });

  it(
    'Control: show a fold that overlooks an event, in the digest and in the answers',
    async () => {
      const { log, known } = releases().at(-1)!;
      const overlooking = poisoned(funnel, ({ type }) => type === 'StageSteppedBack', 'skips');
      const { outcome } = (await replayed(log, [organisation, overlooking])).funnel!;
      const then = known.funnel![funnel.version]!;
      expect(outcome.digest).not.toEqual(then.digest);
      expect(outcome.answers).not.toEqual(then.answers);
    },
    PATIENCE_MS,
  );
});
