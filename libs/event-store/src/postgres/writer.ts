import pg from 'pg';
import { connectionLost } from './failures.js';

/**
 * The connection that appends go over, one after the other. It is kept instead of being fetched from a pool for each statement
 * (measured: a tenth of the time of a single append), and made again by the next append after it broke.
 */
export class Writer {
  private client: Promise<pg.Client> | undefined;

  constructor(private readonly connection: pg.ClientConfig) {}

  /** Runs a statement. Rejects when the connection breaks under it; whether it was done is then unknown. */
  async query<Row extends unknown[]>(statement: pg.QueryArrayConfig): Promise<Row[]> {
    this.client ??= this.connect();
    const client = this.client;
    try {
      return (await (await client).query<Row>(statement)).rows;
    } catch (error) {
      // Postgres says that it ends the session before the connection breaks: a retry must not meet it once more.
      if (connectionLost(error)) this.forget(client);
      throw error;
    }
  }

  async close(): Promise<void> {
    if (this.client) await this.forget(this.client);
  }

  private connect(): Promise<pg.Client> {
    const client = new pg.Client(this.connection);
    const connected: Promise<pg.Client> = client.connect().then(() => client);
    // Without a listener, a connection that breaks while nothing is written would end the process.
    client.on('error', () => void this.forget(connected));
    return connected;
  }

  private async forget(client: Promise<pg.Client>): Promise<void> {
    if (this.client === client) this.client = undefined;
    await client.then(connected => connected.end()).catch(() => undefined);
  }
}
