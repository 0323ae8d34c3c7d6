import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject } from 'ajv';
import { BrokenFile } from './csv.js';
import { needsOnlyName } from './kinds/kind.js';
import { kinds } from './kinds/kinds.js';

/** Which rows of a file count: by cell, the accepted values, or whether there is anything at all. */
export type RowFilter = Readonly<
  Record<string, readonly string[] | { readonly empty: boolean } | { readonly not: readonly string[] }>
>;

/** Where rows of one kind come from: a file with columns under other names, or rows written in the mapping itself. */
export interface SourceMapping {
  readonly file?: string;
  readonly rows?: readonly Readonly<Record<string, string>>[];
  /** By canonical column: the file's column, or several to be joined by `-`. */
  readonly columns?: Readonly<Record<string, string | readonly string[]>>;
  /** By canonical column: a value for cells that are empty. */
  readonly constants?: Readonly<Record<string, string>>;
  /** By canonical column: what is to be read instead of a value. */
  readonly values?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly where?: RowFilter;
  /** References whose record is created, with that name, where it exists nowhere. */
  readonly createMissing?: readonly string[];
}

export interface Mapping {
  readonly kinds: Readonly<Record<string, readonly SourceMapping[]>>;
}

const texts = { type: 'array', items: { type: 'string' } };

function sourceSchema(name: string): object {
  const kind = kinds[name]!;
  const columns = Object.keys(kind.columns);
  const creatable = Object.keys(kind.references).filter(column => needsOnlyName(kinds[kind.references[column]!]!));
  const perColumn = (schema: object) => ({
    type: 'object',
    properties: Object.fromEntries(columns.map(column => [column, schema])),
    additionalProperties: false,
  });
  return {
    type: 'object',
    description: `Columns: ${columns.map(column => column + (kind.columns[column] === 'required' ? '*' : '')).join(', ')}.`,
    properties: {
      file: { type: 'string', description: 'A CSV file of the folder.' },
      rows: {
        type: 'array',
        items: perColumn({ type: 'string' }),
        description: 'Rows written here instead of in a file.',
      },
      columns: {
        ...perColumn({ anyOf: [{ type: 'string' }, { ...texts, minItems: 1 }] }),
        description: 'The file’s column for each of ours; several are joined by "-".',
      },
      constants: { ...perColumn({ type: 'string' }), description: 'Values for cells that are empty.' },
      values: {
        ...perColumn({ type: 'object', additionalProperties: { type: 'string' } }),
        description: 'What to read instead of a value.',
      },
      where: {
        type: 'object',
        description:
          'Only rows whose cells (by the file’s columns) have one of these values, or have any (`empty: false`), or none.',
        additionalProperties: {
          anyOf: [
            texts,
            {
              type: 'object',
              properties: { empty: { type: 'boolean' } },
              required: ['empty'],
              additionalProperties: false,
            },
            { type: 'object', properties: { not: texts }, required: ['not'], additionalProperties: false },
          ],
        },
      },
      ...(creatable.length > 0 && {
        createMissing: {
          type: 'array',
          items: { enum: creatable },
          description: 'References whose record is created, with that name, where it exists nowhere.',
        },
      }),
    },
    oneOf: [{ required: ['file', 'columns'] }, { required: ['rows'] }],
    additionalProperties: false,
  };
}

/** The JSON Schema of a mapping, published as `docs/mapping.schema.json`. */
export function mappingSchema(): object {
  const importable = Object.keys(kinds).filter(name => name !== 'teams');
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Chronicle CRM import mapping',
    type: 'object',
    properties: {
      $schema: { type: 'string' },
      kinds: {
        type: 'object',
        properties: Object.fromEntries(importable.map(name => [name, { type: 'array', items: sourceSchema(name) }])),
        additionalProperties: false,
      },
    },
    required: ['kinds'],
    additionalProperties: false,
  };
}

/** @throws BrokenFile when the file is no mapping, with the place and what is allowed. */
export function readMapping(path: string): Mapping {
  const mapping = parseJson(path);
  const validate = new Ajv({ allowUnionTypes: true, verbose: true, code: { optimize: false } }).compile<Mapping>(
    mappingSchema(),
  );
  if (validate(mapping)) return mapping;
  throw new BrokenFile(`${path} is no mapping: ${complaint(validate.errors![0]!)}.`);
}

function complaint({ instancePath, keyword, message, params, parentSchema }: ErrorObject): string {
  const place = instancePath || 'the file';
  if (keyword === 'additionalProperties')
    return `${place} has an unknown key ${params.additionalProperty}. Allowed: ${Object.keys(parentSchema!.properties).join(', ')}`;
  return `${place} ${message}${params.allowedValues ? `: ${params.allowedValues.join(', ')}` : ''}`;
}

function parseJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8').replace(/^\ufeff/, ''));
  } catch (error) {
    throw new BrokenFile(`${path} is no mapping: ${(error as Error).message}.`);
  }
}
