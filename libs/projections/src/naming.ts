import { CamelCasePlugin, type PluginTransformResultArgs, type QueryResult, type UnknownRow } from 'kysely';

/** The very plugin that queries go through says what a name becomes, so that definition and query cannot disagree. */
export class Naming extends CamelCasePlugin {
  constructor() {
    // JSON documents keep the keys that the fold gave them.
    super({ maintainNestedObjectKeys: true });
  }

  /** Names the columns once for all rows. Rows to which the names are added one by one become slow hash tables, and so does what is made of them. */
  override async transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    const columns = Object.keys(result.rows[0] ?? {}).map(column => [column, this.camelCase(column)] as const);
    const named = (row: UnknownRow) => Object.fromEntries(columns.map(([column, name]) => [name, row[column]]));
    return { ...result, rows: result.rows.map(named) };
  }

  /** The database's name of a projection, table or column. @throws Error for a name that would not come back as it was. */
  nameOf(name: string): string {
    const snake = this.snakeCase(name);
    if (!/^[a-z][a-z0-9_]*$/.test(snake) || this.camelCase(snake) !== name)
      throw new Error(`"${name}" cannot be named in the database: use camelCase with letters and digits.`);
    return snake;
  }
}

const naming = new Naming();

/** The quoted identifier of a projection, table or column of a definition. */
export const quoted = (name: string): string => `"${naming.nameOf(name)}"`;

/** Where a generation of a projection lives: the live one in the schema that queries name, the others beside it (`aside` within a swap only). */
export function schemaOf(projection: string, beside?: 'next' | 'previous' | 'aside'): string {
  const name = naming.nameOf(projection);
  return beside ? `"${name}__${beside}"` : `"${name}"`;
}
