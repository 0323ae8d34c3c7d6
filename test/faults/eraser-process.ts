import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';

/** Where the process that erases kills itself. */
export const STEPS = [
  'beforeDestroying',
  'afterDestroying',
  'whileCleaning',
  'afterCleaning',
  'afterRecording',
] as const;
/** `never`: it goes on until it is ended. `unclean`, a control: it goes on, and folds nothing anew. */
export type Variant = (typeof STEPS)[number] | 'never' | 'unclean';

/** What `apps/projector` does, but not for ever. */
const CODE = `
  import { Eraser } from '#apps/system/src/eraser.js';
  import { project } from '#apps/system/src/projecting.js';
  import { openSystem } from '#apps/system/src/system.js';
  import { untilStopped } from '#apps/system/src/until-stopped.js';
  import { configFrom } from '#platform/config.js';
  const variant = process.env.ERASER;
  const die = () => { process.kill(process.pid, 'SIGKILL'); return new Promise(() => {}); };
  if (variant === 'unclean') Eraser.prototype.clean = async () => {};
  const system = await openSystem(configFrom(process.env));
  const { keys } = system.keys;
  const destroy = keys.destroy.bind(keys);
  keys.destroy = async persons => {
    if (variant === 'beforeDestroying') await die();
    await destroy(persons);
    if (variant === 'afterDestroying') await die();
  };
  const store = { ...system.store, append: async (stream, expected, events) => {
    const last = events.some(({ type }) => type === 'PersonErased');
    if (last && variant === 'afterCleaning') await die();
    const appended = await system.store.append(stream, expected, events);
    if (last && variant === 'afterRecording') await die();
    return appended;
  } };
  const pool = Object.create(system.database.pool);
  pool.query = (...given) => system.database.pool.query(...given);
  pool.connect = async () => {
    const client = await system.database.pool.connect();
    // The third read model: some are clean by then, the others are not.
    const midway = (sql, name) => /last_error = null where name/.test(sql) && name === 'history';
    return Object.assign(Object.create(client), { query: async (sql, values) => {
      if (variant === 'whileCleaning' && midway(sql, values?.[0])) await die();
      return client.query(sql, values);
    } });
  };
  await project({ ...system, store, database: { ...system.database, pool } }, untilStopped());
  await system.close();`;

/** A projector in a process of its own. */
export interface EraserProcess {
  /** What it has logged so far: all that it can. */
  logged(): string;
  readonly ended: Promise<unknown>;
  /** Ends it in order. */
  end(): Promise<void>;
}

export function startEraser(environment: Readonly<Record<string, string>>, variant: Variant): EraserProcess {
  const loader = pathToFileURL('test/support/typescript.mjs').href;
  const child = spawn(process.execPath, ['--import', loader, '--input-type=module', '-e', CODE], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...environment, LOG_LEVEL: 'trace', ERASER: variant },
  });
  let logged = '';
  child.stderr.on('data', text => {
    logged += String(text);
    if (process.env.FAULT_LOG) process.stderr.write(text);
  });
  const ended = once(child, 'close');
  const end = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  return { logged: () => logged, ended, end };
}
