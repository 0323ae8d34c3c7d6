import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Message, messages, parameterStatus, startup } from './pooler.messages.js';
import { Statements } from './pooler.statements.js';

export interface PoolerOptions {
  /** Connections to Postgres, shared by all clients. */
  readonly servers: number;
  /** `ignore_startup_parameters` of PgBouncer. */
  readonly ignored?: readonly string[];
  /** Whether it keeps track of named statements, as PgBouncer does since 1.21. */
  readonly prepared?: boolean;
}

/** What PgBouncer takes from a client that connects; all else it refuses unless it was told to ignore it. */
const KNOWN = [
  'user',
  'database',
  'application_name',
  'client_encoding',
  'datestyle',
  'timezone',
  'standard_conforming_strings',
];

interface ServerConnection {
  readonly socket: Socket;
  readonly statements: Statements;
  client: Client | undefined;
}

interface Client {
  readonly socket: Socket;
  readonly names: Map<string, string>;
  /** What it has sent while it had no server connection. */
  readonly waiting: Message[];
  server: ServerConnection | undefined;
}

/**
 * A connection pooler as PgBouncer is one in transaction mode: a client has a server connection from its first message to the next
 * ReadyForQuery outside of a transaction, and another one the next time. Session locks, `set`, `listen` and named statements
 * break as they do there.
 */
export class Pooler {
  private readonly server: Server;
  private readonly idle: ServerConnection[] = [];
  private readonly queue: Client[] = [];
  private readonly clients = new Set<Client>();
  private readonly sessions: pg.Client[] = [];
  private readonly greeting: Buffer[] = [];
  /** How often a client got another server connection than it had before. */
  switches = 0;
  mostClients = 0;

  private constructor(
    private readonly target: string,
    private readonly options: PoolerOptions,
  ) {
    this.server = createServer(socket => this.welcome(socket));
  }

  static async start(target: string, options: PoolerOptions): Promise<Pooler> {
    const pooler = new Pooler(target, options);
    for (let n = 0; n < options.servers; n++) pooler.idle.push(await pooler.connect());
    await new Promise<void>(resolve => pooler.server.listen(0, '127.0.0.1', resolve));
    return pooler;
  }

  /** Like the target's, with the pooler's address. */
  get url(): string {
    const url = new URL(this.target);
    url.port = String((this.server.address() as { port: number }).port);
    return url.href;
  }

  async close(): Promise<void> {
    this.server.close();
    for (const { socket } of this.clients) socket.destroy();
    for (const session of this.sessions)
      (session as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
    await sleep(0);
  }

  /** `pg` signs in; afterwards only its socket is used. */
  private async connect(): Promise<ServerConnection> {
    const session = new pg.Client(this.target);
    session.on('error', () => undefined);
    const { connection } = session as unknown as {
      connection: NodeJS.EventEmitter & { stream: Socket };
    };
    const first = this.greeting.length === 0;
    connection.on('parameterStatus', ({ parameterName, parameterValue }) => {
      if (first) this.greeting.push(parameterStatus(parameterName, parameterValue));
    });
    await session.connect();
    this.sessions.push(session);
    const socket = connection.stream;
    socket.removeAllListeners('data');
    const server: ServerConnection = {
      socket,
      statements: new Statements(this.options.prepared ?? false),
      client: undefined,
    };
    socket.on(
      'data',
      messages(message => this.fromServer(server, message)),
    );
    return server;
  }

  private welcome(socket: Socket): void {
    const client: Client = { socket, names: new Map(), waiting: [], server: undefined };
    socket.on('error', () => undefined);
    socket.on('close', () => void this.left(client));
    socket.on(
      'data',
      startup(socket, parameters => {
        const refused = Object.keys(parameters).find(
          name => !KNOWN.includes(name.toLowerCase()) && !this.options.ignored?.includes(name),
        );
        if (refused) return `unsupported startup parameter: ${refused}`;
        this.clients.add(client);
        this.mostClients = Math.max(this.mostClients, this.clients.size);
        return { greeting: this.greeting, take: message => this.fromClient(client, message) };
      }),
    );
  }

  private fromClient(client: Client, message: Message): void {
    if (message.type === 'X') return;
    if (client.server) {
      this.forward(client, client.server, message);
      return;
    }
    client.waiting.push(message);
    if (client.waiting.length > 1) return;
    this.queue.push(client);
    this.serve();
  }

  private serve(): void {
    while (this.queue.length && this.idle.length) this.link(this.queue.shift()!, this.idle.shift()!);
  }

  private readonly last = new WeakMap<Client, ServerConnection>();

  private link(client: Client, server: ServerConnection): void {
    if (this.last.get(client) && this.last.get(client) !== server) this.switches++;
    this.last.set(client, server);
    client.server = server;
    server.client = client;
    for (const message of client.waiting.splice(0)) this.forward(client, server, message);
  }

  private forward(client: Client, { socket, statements }: ServerConnection, message: Message): void {
    for (const bytes of statements.toServer(client.names, message)) socket.write(bytes);
  }

  private fromServer(server: ServerConnection, message: Message): void {
    if (server.statements.swallows(message)) return;
    // What comes for nobody (a notification, say) is lost.
    server.client?.socket.write(message.bytes);
    if (message.type === 'Z' && message.body.toString() === 'I') this.release(server);
  }

  private release(server: ServerConnection): void {
    if (server.client) server.client.server = undefined;
    server.client = undefined;
    // To the end: the next transaction of a client gets another one.
    this.idle.push(server);
    this.serve();
  }

  /** A client that leaves in the middle of a transaction takes its server connection with it: that is how Postgres rolls it back. */
  private async left(client: Client): Promise<void> {
    this.clients.delete(client);
    const at = this.queue.indexOf(client);
    if (at >= 0) this.queue.splice(at, 1);
    const { server } = client;
    if (!server) return;
    server.client = undefined;
    server.socket.destroy();
    if (!this.server.listening) return;
    this.idle.push(await this.connect());
    this.serve();
  }
}
