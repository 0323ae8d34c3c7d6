import { type Child, child } from '#test/support/child.js';
import { MASTER_KEY } from '#test/support/master-key.js';
import { dataFolder } from './data-folder.js';

/** What runs in the process that projects. */
export type Variant =
  /** `apps/projector` as it is. */
  | 'product'
  /** As if this program defined every read model anew: the next version of each. */
  | 'nextVersion'
  /** A control: rows and checkpoint in two transactions. It prints `between` between them, and stays there. */
  | 'checkpointApart'
  /** A control: nobody asks who owns a read model, nor whether the checkpoint stands where it was left. */
  | 'unfenced';

/** Hands the statements of a connection to `instead`, which may change them; of a prepared one it gets the text. */
const CHANGED_STATEMENTS = `
  const changing = instead => system => {
    const { database } = system;
    const pool = Object.create(database.pool);
    const queryOf = on => {
      const query = on.query.bind(on);
      return (statement, ...given) =>
        typeof statement?.name === 'string'
          ? instead(query, statement.text.trim(), statement.values)
          : instead(query, statement, ...given);
    };
    pool.connect = async () => {
      const client = await database.pool.connect();
      return Object.assign(Object.create(client), { query: queryOf(client) });
    };
    pool.query = queryOf(database.pool);
    return { ...system, database: { ...database, pool } };
  };`;

const CHECKPOINT_APART = `${CHANGED_STATEMENTS}
  const apart = new WeakSet();
  const broken = changing(async (query, sql, ...values) => {
    if (/^update projections.generations set position = \\$4/.test(sql)) {
      apart.add(query);
      return { rowCount: 1 };
    }
    const answer = await query(sql, ...values);
    if (sql === 'commit' && apart.has(query)) {
      console.log('between');
      await new Promise(() => {});
    }
    return answer;
  });`;

const UNFENCED = `${CHANGED_STATEMENTS}
  const broken = changing((query, sql, ...given) =>
    query(
      typeof sql === 'string'
        ? sql
            .replace('where lease.owner = excluded.owner or lease.expires_at < clock_timestamp()', '')
            .replace('where id = $1 and epoch = $2 and position = $3', 'where id = $1 and $2::bigint is not null and $3::bigint is not null')
            .replace('and g.epoch = held.epoch', '')
        : sql,
      ...given,
    ),
  );`;

/** What `apps/projector` does, on a system that is not as it should be. */
const PROJECT_BROKEN = `
  import { project } from '#apps/system/src/projecting.js';
  import { openSystem } from '#apps/system/src/system.js';
  import { untilStopped } from '#apps/system/src/until-stopped.js';
  import { configFrom } from '#platform/config.js';
  await project(broken(await openSystem(configFrom(process.env))), untilStopped());`;

const CODE: { readonly [Name in Variant]: string } = {
  product: `await import('#apps/projector/src/main.js');`,
  nextVersion: `
    import { projections } from '#read-models/read-models.js';
    for (const projection of projections) projection.version += Number(process.env.LATER_VERSIONS);
    await import('#apps/projector/src/main.js');`,
  checkpointApart: CHECKPOINT_APART + PROJECT_BROKEN,
  unfenced: UNFENCED + PROJECT_BROKEN,
};

export interface ProjectorOptions {
  /** Where the log and the read models are. */
  readonly url: string;
  readonly variant?: Variant;
  /** What it is called by Postgres, as `application_name`. */
  readonly name?: string;
  /** By how much the versions of `nextVersion` are higher than the product's. */
  readonly laterVersions?: number;
}

/** Starts the projector as a process of its own. It ends with the test, killed or by SIGTERM. */
export function startProjector({ url, variant = 'product', name, laterVersions = 1 }: ProjectorOptions): Child {
  const database = new URL(url);
  if (name) database.searchParams.set('application_name', name);
  const environment = {
    DATABASE_URL: database.href,
    EVENT_STORE_URL: database.href,
    DATA_DIR: dataFolder,
    MASTER_KEY,
    LOG_LEVEL: process.env.FAULT_LOG ?? 'silent',
    LATER_VERSIONS: String(laterVersions),
  };
  return child(`Object.assign(process.env, ${JSON.stringify(environment)}); ${CODE[variant]}`);
}
