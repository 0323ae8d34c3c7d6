import { encoded, type Message } from './pooler.messages.js';

/** The same statement has the same name on all server connections, whatever a client calls it. */
const shared = new Map<string, string>();

/** Splits a text that ends with a zero off the beginning. */
function cut(body: Buffer): [string, Buffer] {
  const end = body.indexOf(0);
  return [body.subarray(0, end).toString(), body.subarray(end + 1)];
}

/** Which named statements a server connection has, so that a client finds its own on every one of them. */
export class Statements {
  private readonly known = new Set<string>();
  /** The statements whose ParseComplete is under way and whether the client waits for it, by exchange: clients send the next without waiting. */
  private readonly exchanges: { name: string; awaited: boolean }[][] = [[]];

  /** @param tracked Otherwise names pass as they are, and mean something else on every server connection. */
  constructor(private readonly tracked: boolean) {}

  /** @param names What the client's names stand for. */
  toServer(names: Map<string, string>, { type, body, bytes }: Message): Buffer[] {
    if (!this.tracked) return [bytes];
    // Sync and a simple query each end an exchange, and are answered by one ReadyForQuery.
    if (type === 'S' || type === 'Q') this.exchanges.push([]);
    if (type === 'P') return this.parse(names, body);
    if (type === 'B') {
      const [portal, afterPortal] = cut(body);
      const [name, rest] = cut(afterPortal);
      const statement = names.get(name);
      if (!statement) return [bytes];
      return [...this.provide(statement), encoded('B', `${portal}\0${nameOf(statement)}\0`, rest)];
    }
    return [bytes];
  }

  /** Whether a message is the answer to something that the client did not ask for. */
  swallows({ type }: Message): boolean {
    if (!this.tracked) return false;
    // What was not answered before the end of a failed exchange does not exist.
    if (type === 'Z') for (const { name } of this.exchanges.shift()!) this.known.delete(name);
    return type === '1' && this.exchanges[0]!.shift()?.awaited === false;
  }

  private parse(names: Map<string, string>, body: Buffer): Buffer[] {
    const [name, rest] = cut(body);
    if (name) names.set(name, rest.toString('latin1'));
    const statement = name && rest.toString('latin1');
    // One that is there already is parsed once more without a name, so that the answer comes when it is expected.
    const parsed = statement && !this.known.has(nameOf(statement)) ? nameOf(statement) : '';
    if (parsed) this.known.add(parsed);
    this.exchanges.at(-1)!.push({ name: parsed, awaited: true });
    return [encoded('P', `${parsed}\0`, rest)];
  }

  private provide(statement: string): Buffer[] {
    const name = nameOf(statement);
    if (this.known.has(name)) return [];
    this.known.add(name);
    this.exchanges.at(-1)!.push({ name, awaited: false });
    return [encoded('P', `${name}\0`, Buffer.from(statement, 'latin1'))];
  }
}

function nameOf(statement: string): string {
  const name = shared.get(statement) ?? `shared_${shared.size}`;
  shared.set(statement, name);
  return name;
}
