import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { EventMetadata } from '#event-sourcing/event.js';
import { eventHash } from '#integrity/event-hash.js';
import type { Subject } from '#integrity/finding.js';
import type { Chance } from './trials.js';

/** A row of the log, as a database administrator sees it. */
export interface Row {
  position: number;
  revision: number;
  stored_at: string;
  id: string;
  stream: string;
  type: string;
  recorded_at: string;
  data: string;
  metadata: string;
}

/** What somebody did who may write everywhere in the database, and which event has to be named for it. */
export interface Attack {
  readonly name: string;
  readonly rows: readonly Row[];
  /** Where the head row says that the log ends; default: at the last row. */
  readonly head?: number;
  /** Naming one of them is right. Empty: it is not about one event. */
  readonly about: readonly Subject[];
}

type Attacker = (rows: Row[], chance: Chance) => Omit<Attack, 'name' | 'rows'> & { readonly rows?: Row[] };

/** Replaces the whole table, with the trigger off. */
export async function write(owner: pg.Client, rows: readonly Row[], head = rows.length): Promise<void> {
  await owner.query('begin');
  await owner.query('alter table event_store.events disable trigger append_only');
  await owner.query('truncate event_store.events');
  await owner.query(
    'insert into event_store.events select * from json_populate_recordset(null::event_store.events, $1)',
    [JSON.stringify(rows)],
  );
  await owner.query('update event_store.head set position = $1', [head]);
  await owner.query('alter table event_store.events enable always trigger append_only');
  await owner.query('commit');
}

export async function rowsOf(owner: pg.Client): Promise<Row[]> {
  const { rows } = await owner.query('select * from event_store.events order by position');
  return rows.map(row => ({ ...row, position: Number(row.position), revision: Number(row.revision) }));
}

const about = ({ id, stream, revision }: Row): Subject => ({ id, stream, revision });
const renumbered = (rows: readonly Row[]) => rows.map((row, at) => ({ ...row, position: at + 1 }));

function edit(row: Row, data: object): void {
  row.data = JSON.stringify({ ...JSON.parse(row.data), ...data });
}

/** Writes the hashes of a stream's events anew, as somebody does who knows how they are made. */
function rechain(rows: readonly Row[], stream: string): void {
  let previousHash: string | undefined;
  for (const row of rows.filter(candidate => candidate.stream === stream)) {
    const { hash: _, previousHash: __, ...rest } = JSON.parse(row.metadata) as EventMetadata;
    const metadata = previousHash ? { ...rest, previousHash } : rest;
    const { id, type, revision, recorded_at: recordedAt } = row;
    const hash = eventHash({ id, type, stream, revision, recordedAt, data: JSON.parse(row.data), metadata });
    row.metadata = JSON.stringify({ ...metadata, hash });
    previousHash = hash;
  }
}

/** One event of those that were sealed. */
const edited =
  (change: (row: Row) => void): Attacker =>
  (rows, chance) => {
    const row = chance.pick(rows);
    const before = about(row);
    change(row);
    return { about: [before, about(row)] };
  };

/** A forged event that fits where its stream ends at that place of the log. */
function forged(rows: readonly Row[], at: number): Row {
  const { stream } = rows[at]!;
  const last = rows.filter(row => row.stream === stream).at(-1)!;
  return { ...last, id: randomUUID(), revision: last.revision + 1, data: '{"amountMinor":1}' };
}

const attackers: Readonly<Record<string, Attacker>> = {
  'data is edited': edited(row => edit(row, { n: -1 })),
  'the actor is edited': edited(row => {
    row.metadata = row.metadata.replace('"tester"', '"somebody"');
  }),
  'the type is edited': edited(row => {
    row.type = 'LeadConverted';
  }),
  'the time is edited': edited(row => {
    row.recorded_at = '2020-01-01T00:00:00.000Z';
  }),
  'the hashes are taken away': edited(row => {
    const { hash: _, previousHash: __, ...rest } = JSON.parse(row.metadata) as EventMetadata;
    row.metadata = JSON.stringify(rest);
  }),
  'an edited event gets a new hash': edited(row => {
    edit(row, { n: -1 });
    const { revision, recorded_at: recordedAt } = row;
    const metadata = JSON.parse(row.metadata) as EventMetadata;
    const hash = eventHash({ ...row, revision, recordedAt, data: JSON.parse(row.data), metadata });
    row.metadata = JSON.stringify({ ...metadata, hash });
  }),
  'an event is edited and all after it are chained anew': (rows, chance) => {
    const row = chance.pick(rows);
    edit(row, { n: -1 });
    rechain(rows, row.stream);
    return { about: [about(row)] };
  },
  'an event is deleted': (rows, chance) => {
    const [gone] = rows.splice(chance.between(1, rows.length - 2), 1);
    return { head: rows.length + 1, about: [about(gone!)] };
  },
  'an event is deleted and the gap is closed': (rows, chance) => {
    const [gone] = rows.splice(chance.between(1, rows.length - 2), 1);
    for (const row of rows) if (row.stream === gone!.stream && row.revision > gone!.revision) row.revision--;
    rechain(rows, gone!.stream);
    return { rows: renumbered(rows), about: [about(gone!)] };
  },
  'two events of different streams change places': (rows, chance) => {
    const from = chance.between(1, rows.length - 2);
    const one = rows[from]!;
    const to = rows.findIndex((row, at) => at > from && row.stream !== one.stream);
    const other = rows[to] ?? rows[from - 1]!;
    [one.position, other.position] = [other.position, one.position];
    return { rows: [...rows].sort((a, b) => a.position - b.position), about: [about(one), about(other)] };
  },
  'two events of one stream change their contents': (rows, chance) => {
    const one = chance.pick(rows.filter(row => row.revision > 0));
    const other = rows.find(row => row.stream === one.stream && row.revision === one.revision - 1)!;
    [one.data, other.data] = [other.data, one.data];
    [one.id, other.id] = [other.id, one.id];
    rechain(rows, one.stream);
    return { about: [about(one), about(other)] };
  },
  'an event is inserted into the past': (rows, chance) => {
    const at = chance.between(1, rows.length - 2);
    const stream = `lead-${randomUUID()}`;
    const added = { ...rows[at]!, id: randomUUID(), stream, revision: 0 };
    rows.splice(at, 0, added);
    rechain(rows, stream);
    return { rows: renumbered(rows), about: [about(added)] };
  },
  'an event is written once more under another name': (rows, chance) => {
    const row = chance.pick(rows);
    const copy = { ...row, stream: `lead-${randomUUID()}`, revision: 0, position: rows.length + 1 };
    rows.push(copy);
    rechain(rows, copy.stream);
    return { about: [about(copy)] };
  },
  'the end is cut off': (rows, chance) => {
    const cut = rows.splice(-chance.between(1, 5));
    return { about: cut.map(about) };
  },
  'the end is cut off and written anew': (rows, chance) => {
    const cut = rows.splice(-chance.between(1, 5));
    for (const _ of cut) rows.push(forged(rows, chance.between(0, rows.length - 1)));
    for (const { stream } of rows) rechain(rows, stream);
    return { rows: renumbered(rows), about: cut.map(about) };
  },
  'everything is written anew': rows => {
    for (const row of rows) edit(row, { n: -1 });
    for (const { stream } of rows) rechain(rows, stream);
    return { about: rows.map(about) };
  },
  'the head of the log is set back': rows => ({ head: rows.length - 3, about: rows.slice(-3).map(about) }),
  'the head of the log is set forward': rows => ({ head: rows.length + 7, about: [] }),
};

export const attackNames = Object.keys(attackers);

export function attack(name: string, rows: readonly Row[], chance: Chance): Attack {
  const copy = rows.map(row => ({ ...row }));
  const { rows: changed = copy, ...rest } = attackers[name]!(copy, chance);
  return { name, rows: changed, ...rest };
}
