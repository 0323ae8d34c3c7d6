/** What postgresql.conf says, and why it differs from the default. Written at each start: own settings go to custom.conf. */
const settings = {
  // Only this machine, only with the password.
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  // What was acknowledged must survive a power cut. These are the defaults; they stand here because everything rests on them.
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  // The API, the projector and the CLI hold small pools; each connection costs memory.
  max_connections: '100',
  // The hot part of read models of some 100,000 opportunities; taken from the system only as it is used.
  shared_buffers: '256MB',
  // The default 4 MB spills the sorts and groupings of reports to disk; 128 MB builds the indexes of a rebuild in one go.
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  // An import or a rebuild writes a lot at once: fewer checkpoints mean fewer full pages in the WAL, and those are compressed.
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  wal_compression: 'on',
  // Disks are SSDs today: an index is worth its random reads.
  random_page_cost: '1.1',
  // Compiling a query takes longer than our reports do.
  jit: 'off',
  // One meaning of times and texts on every machine.
  timezone: 'UTC',
  log_timezone: 'UTC',
  datestyle: 'iso, ymd',
  lc_messages: 'C',
  // A line per checkpoint would fill the log that people read when something is wrong.
  log_checkpoints: 'off',
};

/** The text of postgresql.conf for a server on that port. */
export function settingsFile(port: number): string {
  const lines = Object.entries({ ...settings, port: String(port) }).map(([name, value]) => `${name} = '${value}'`);
  const head =
    '# Written at each start of the embedded Postgres. Put settings of your own into custom.conf beside this file.';
  return `${head}\n${lines.join('\n')}\ninclude_if_exists 'custom.conf'\n`;
}

/** The port in such a text; undefined in the one that initdb wrote. */
export function portIn(text: string): number | undefined {
  const port = /^port = '(\d+)'$/m.exec(text);
  return port ? Number(port[1]) : undefined;
}

/** The text of pg_hba.conf: the application's role with its password, nobody else, and never the superuser. */
export const ACCESS_FILE = 'host all chronicle 127.0.0.1/32 scram-sha-256\n';
