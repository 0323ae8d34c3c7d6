import type { Database } from '#projections/database.js';
import { RejectedRow } from './cells.js';
import type { CanonicalRow } from './folder.js';
import { importedId } from './kinds/kind.js';
import { kinds } from './kinds/kinds.js';

/** Several records have that name, or that external id. */
const AMBIGUOUS = Symbol('ambiguous');

type Known = Map<string, string | typeof AMBIGUOUS>;

/** So many values are looked up at once. */
const PORTION = 10_000;

/** Finds the record that a cell means: by the `externalId` or exact name of a row in the folder, or of a record that exists already. */
export class References {
  /** What the folder's rows define: names by external id. */
  private readonly defined = new Map<string, Map<string, Set<string>>>();
  private readonly wanted = new Map<string, Set<string>>();
  private readonly creatable = new Map<string, Set<string>>();
  /** Records that exist under an external id of the folder, and were not imported. */
  private readonly adopted = new Map<string, Known>();
  private readonly byExternalId = new Map<string, Known>();
  private readonly byName = new Map<string, Known>();

  /** Learns what a row defines and what it refers to. */
  note(row: CanonicalRow): void {
    const kind = kinds[row.kind]!;
    const externalId = row.cells[kind.record ?? 'externalId'];
    if (externalId && row.kind !== 'stageChanges') {
      const names = placeIn(this.defined, row.kind, () => new Map<string, Set<string>>());
      const mine = placeIn(names, externalId, () => new Set<string>());
      const name = row.cells[kind.nameColumn ?? 'name'];
      if (name) mine.add(name);
    }
    for (const [column, target] of Object.entries(kind.references)) {
      const value = row.cells[column];
      if (value === undefined) continue;
      add(this.wanted, target, value);
      if (target === 'teams' || row.createMissing.has(column)) add(this.creatable, target, value);
    }
  }

  /** Looks up the folder's external ids, and what the folder itself does not define, among the records that exist. */
  async lookUp(database: Database): Promise<void> {
    for (const [kind, names] of this.defined) {
      await this.adopt(database, kind, [...names.keys()]);
      for (const [externalId, called] of names) this.define(kind, externalId, called);
    }
    for (const [kind, values] of this.wanted) {
      const unknown = [...values].filter(value => this.find(kind, value) === undefined);
      for await (const { id, external_id, name } of recordsIn(database, kind, unknown, true)) {
        if (external_id) put(this.byExternalId, kind, external_id, id);
        if (name) put(this.byName, kind, name, id);
      }
    }
  }

  /** Rows for the records that exist nowhere and may be created, named like the reference. */
  missing(kind: string): CanonicalRow[] {
    const values = [...(this.creatable.get(kind) ?? [])].filter(value => this.find(kind, value) === undefined);
    for (const value of values) {
      placeIn(this.defined, kind, () => new Map<string, Set<string>>()).set(value, new Set([value]));
      this.define(kind, value, [value]);
    }
    const row = { file: 'missing references', kind, createMissing: new Set<string>() };
    return values.map((value, index) => ({ ...row, line: index + 1, cells: { externalId: value, name: value } }));
  }

  /** @throws RejectedRow when there is none, or more than one of that name. */
  resolve(kind: string, column: string, value: string): string {
    const found = this.find(kind, value);
    if (found === AMBIGUOUS) throw new RejectedRow(column, `Several ${kind} are called ${value}. Use the externalId.`);
    if (found === undefined)
      throw new RejectedRow(column, `There are no ${kind} with the externalId or name ${value}.`);
    return found;
  }

  /** The record that a value means, if it is exactly one. */
  idOf(kind: string, value: string): string | undefined {
    const found = this.find(kind, value);
    return found === AMBIGUOUS ? undefined : found;
  }

  /**
   * The id of the record that a row describes: the imported one's, or that of the record that has its external id already.
   * @throws RejectedRow when several have it.
   */
  idOfRecord(kind: string, externalId: string): string {
    if (this.adopted.get(kind)?.get(externalId) === AMBIGUOUS)
      throw new RejectedRow(kinds[kind]!.record ?? 'externalId', `Several ${kind} have the externalId ${externalId}.`);
    const found = this.byExternalId.get(kind)?.get(externalId);
    return typeof found === 'string' ? found : importedId(kind, externalId);
  }

  private find(kind: string, value: string): string | typeof AMBIGUOUS | undefined {
    return this.byExternalId.get(kind)?.get(value) ?? this.byName.get(kind)?.get(value);
  }

  private async adopt(database: Database, kind: string, externalIds: readonly string[]): Promise<void> {
    const imported = new Set<string>();
    for await (const { id, external_id } of recordsIn(database, kind, externalIds, false)) {
      if (id === importedId(kind, external_id!)) imported.add(external_id!);
      else put(this.adopted, kind, external_id!, id);
    }
    for (const externalId of imported) this.adopted.get(kind)?.delete(externalId);
  }

  private define(kind: string, externalId: string, names: Iterable<string>): void {
    const adopted = this.adopted.get(kind)?.get(externalId);
    if (adopted === AMBIGUOUS) return; // its rows are rejected
    const id = adopted ?? importedId(kind, externalId);
    put(this.byExternalId, kind, externalId, id);
    for (const name of names) put(this.byName, kind, name, id);
  }
}

interface Existing {
  readonly id: string;
  readonly external_id: string | null;
  readonly name: string | null;
}

/** Existing records with one of these external ids, or one of these names too. */
async function* recordsIn({ pool }: Database, kind: string, values: readonly string[], byName: boolean) {
  const { idColumn, name = 'name' } = TABLES[kind]!;
  const storable = values.filter(value => !value.includes('\0')); // Postgres would refuse the whole query
  for (let from = 0; from < storable.length; from += PORTION) {
    const { rows } = await pool.query<Existing>(
      `SELECT ${idColumn} AS id, external_id, ${name} AS name FROM directory.${kind}
       WHERE external_id = ANY($1) ${byName ? `OR ${name} = ANY($1)` : ''}`,
      [storable.slice(from, from + PORTION)],
    );
    yield* rows;
  }
}

/** Where the records of a kind are listed, and what they are called there. */
const TABLES: Readonly<Record<string, { readonly idColumn: string; readonly name?: string }>> = {
  teams: { idColumn: 'team_id' },
  employees: { idColumn: 'employee_id' },
  pipelines: { idColumn: 'pipeline_id' },
  campaigns: { idColumn: 'campaign_id' },
  customers: { idColumn: 'customer_id' },
  leads: { idColumn: 'lead_id' },
  opportunities: { idColumn: 'opportunity_id' },
  contracts: { idColumn: 'contract_id', name: 'number' },
  payments: { idColumn: 'payment_id', name: 'NULL' },
  interactions: { idColumn: 'interaction_id', name: 'NULL' },
};

function placeIn<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}

function add(sets: Map<string, Set<string>>, key: string, value: string): void {
  placeIn(sets, key, () => new Set()).add(value);
}

function put(index: Map<string, Known>, kind: string, value: string, id: string): void {
  const known: Known = placeIn(index, kind, () => new Map());
  known.set(value, known.has(value) && known.get(value) !== id ? AMBIGUOUS : id);
}
