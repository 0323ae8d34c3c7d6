import type { Database } from '#projections/database.js';
import { RejectedRow } from './cells.js';
import type { CanonicalRow } from './folder.js';
import { importedId } from './kinds/kind.js';
import { kinds } from './kinds/kinds.js';

/** Several records have that name. */
const AMBIGUOUS = Symbol('ambiguous');

type Known = Map<string, string | typeof AMBIGUOUS>;

/** Finds the record that a cell means: by the `externalId` or exact name of a row in the folder, or of a record that exists already. */
export class References {
  private readonly byExternalId = new Map<string, Known>();
  private readonly byName = new Map<string, Known>();
  private readonly wanted = new Map<string, Set<string>>();
  private readonly creatable = new Map<string, Set<string>>();

  /** Learns what a row defines and what it refers to. */
  note(row: CanonicalRow): void {
    const kind = kinds[row.kind]!;
    const externalId = row.cells[kind.record ?? 'externalId'];
    if (externalId && row.kind !== 'stageChanges') this.define(row.kind, externalId, row.cells.name);
    for (const [column, target] of Object.entries(kind.references)) {
      const value = row.cells[column];
      if (value === undefined) continue;
      add(this.wanted, target, value);
      if (target === 'teams' || row.createMissing.has(column)) add(this.creatable, target, value);
    }
  }

  /** Looks up what the folder itself does not define among the records that exist. */
  async lookUp({ pool }: Database): Promise<void> {
    for (const [kind, values] of this.wanted) {
      const unknown = [...values].filter(value => this.find(kind, value) === undefined);
      if (unknown.length === 0) continue;
      const key = kind === 'stageChanges' ? 'opportunity' : kind.replace(/ies$/, 'y').replace(/s$/, '');
      const { rows } = await pool.query(
        `SELECT ${key}_id AS id, external_id, name FROM directory.${kind} WHERE external_id = ANY($1) OR name = ANY($1)`,
        [unknown],
      );
      for (const { id, external_id, name } of rows) {
        if (external_id) put(this.byExternalId, kind, external_id, id);
        if (name) put(this.byName, kind, name, id);
      }
    }
  }

  /** Rows for the records that exist nowhere and may be created, named like the reference. */
  missing(kind: string): CanonicalRow[] {
    const values = [...(this.creatable.get(kind) ?? [])].filter(value => this.find(kind, value) === undefined);
    for (const value of values) this.define(kind, value, value);
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

  private find(kind: string, value: string): string | typeof AMBIGUOUS | undefined {
    return this.byExternalId.get(kind)?.get(value) ?? this.byName.get(kind)?.get(value);
  }

  private define(kind: string, externalId: string, name: string | undefined): void {
    const id = importedId(kind, externalId);
    put(this.byExternalId, kind, externalId, id);
    if (name) put(this.byName, kind, name, id);
  }
}

function add(sets: Map<string, Set<string>>, key: string, value: string): void {
  const set = sets.get(key) ?? new Set();
  sets.set(key, set.add(value));
}

function put(index: Map<string, Known>, kind: string, value: string, id: string): void {
  const known: Known = index.get(kind) ?? new Map();
  index.set(kind, known.set(value, known.has(value) && known.get(value) !== id ? AMBIGUOUS : id));
}
