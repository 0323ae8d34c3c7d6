import { derivedId } from '#crm/execution/command-ids.js';
import type { Envelope } from '#platform/graphql/command.js';
import type { Cells } from '../cells.js';

/** A command that a row asks for. */
export interface Step {
  readonly type: new () => Envelope;
  readonly input: object;
}

/** What a row may know of the rest of the folder. */
export interface Surroundings {
  /** The id of the record that the row describes. */
  readonly id: string;
  /** Tells rows apart that look the same: how many of them came before. */
  readonly nth: number;
  /** How many rows of this record and day came before. */
  readonly earlierThatDay: number;
  /** Whether the folder holds stage changes of the record. */
  readonly hasStageChanges: boolean;
  /** The folder's pipeline, if it defines exactly one: the one of opportunities that name none. */
  readonly onlyPipeline?: string;
}

/** Something that can be imported. */
export interface Kind {
  /** Its columns in order, with whether they are required. */
  readonly columns: Readonly<Record<string, 'required' | 'optional'>>;
  /** Columns that name other records, with the kind of record. */
  readonly references: Readonly<Record<string, string>>;
  /** The column that names the record: `externalId`, unless said otherwise. Rows of one record are applied in order. */
  readonly record?: string;
  /** The column that says what people call the record: `name`, unless said otherwise. */
  readonly nameColumn?: string;
  /** A column whose value no two records may have. */
  readonly unique?: string;
  /** The column by which the rows of one record are put in order; default the order of the file. */
  readonly orderedBy?: string;
  /** The commands that a row becomes. */
  readonly steps?: (row: Cells, around: Surroundings) => Step[];
  /** The commands that all rows of one record become together. */
  readonly together?: (rows: readonly Cells[], around: Surroundings) => Step[];
  /** Fields of commands that are called otherwise than their column, for telling which cell was refused. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** Whether a record of the kind can be made of nothing but its name. */
export const needsOnlyName = ({ columns }: Kind): boolean =>
  Object.entries(columns).every(([name, need]) => need === 'optional' || name === 'externalId' || name === 'name');

/** The id of an imported record: the same at every import, on every machine. */
export const importedId = (kind: string, externalId: string): string => derivedId('import', kind, externalId);

/** The id of a command that has no record of its own: repeated by the next import of the same row. */
export const importedCommand = (...parts: readonly string[]): string => derivedId('import', ...parts);
