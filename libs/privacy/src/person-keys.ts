import { setImmediate as macrotask, setTimeout as sleep } from 'node:timers/promises';
import type { Person } from '#event-sourcing/privacy.js';
import type { KeyTable, StoredKey } from './key-table.js';
import type { MasterKey, MasterKeys, Masters } from './master-key.js';
import { PersonKey } from './person-key.js';

/** An erased person in the place of a key. */
export const GONE = 'gone';
export type Known = PersonKey | typeof GONE;

/** So long what is remembered holds without asking who was erased meanwhile. */
const FRESH_MS = 500;
/** After it, a key that was destroyed opens nothing any more in any process: what was fresh is not, and a page that was being opened is. */
const FORGOTTEN_AFTER_MS = 3 * FRESH_MS;
/** Keys that are remembered; about 400 bytes each, and at most twice as many. */
const REMEMBERED = 50_000;

/** Data is encrypted for somebody whose key is not there, although nobody erased it: the keys were lost, or are another log's. */
export class UnknownPersonKey extends Error {
  override readonly name = 'UnknownPersonKey';

  constructor(person: Person) {
    super(`There is no key for ${person}, and no erasure destroyed it. Restore the keys that belong to this log.`);
  }
}

/** The keys of persons: made when they are needed, unwrapped once, remembered until somebody is erased. */
export class PersonKeys {
  private young = new Map<Person, Known>();
  private old = new Map<Person, Known>();
  private seen = 0n;
  private checkedAt = Number.NEGATIVE_INFINITY;
  private checking: Promise<void> | undefined;
  /** Whose keys are being made, and when that is over. */
  private readonly making = new Map<Person, Promise<void>>();
  /** What is asked for in one breath. */
  private turn: { readonly persons: Set<Person>; readonly over: Promise<void> } | undefined;
  private readonly erased: (() => void)[] = [];

  constructor(
    private readonly table: KeyTable,
    private readonly masters: MasterKeys,
  ) {}

  /** Told when somebody was erased, here or elsewhere: whatever was read of the log before may still tell of them. */
  onErased(listener: () => void): void {
    this.erased.push(listener);
  }

  /** What is remembered of a person, if that can still be trusted. */
  recall(person: Person): Known | undefined {
    if (performance.now() - this.checkedAt >= FRESH_MS) return undefined;
    return this.remembered(person);
  }

  /** The keys of persons that have some. @throws UnknownPersonKey */
  async find(persons: Iterable<Person>): Promise<ReadonlyMap<Person, Known>> {
    await this.check();
    const found = new Map<Person, Known>();
    const missing: Person[] = [];
    for (const person of persons) {
      const known = this.remembered(person);
      if (known) found.set(person, known);
      else missing.push(person);
    }
    if (missing.length) {
      const { seen } = this;
      const stored = await this.table.find(missing);
      for (const [person, key] of await this.taken(stored, seen)) found.set(person, key);
      const lost = missing.find(person => !found.has(person));
      if (lost) throw new UnknownPersonKey(lost);
    }
    return found;
  }

  /** The key of a person, made if there is none. What many ask for in one breath is made in one transaction. */
  async make(person: Person): Promise<Known> {
    await this.check();
    for (;;) {
      const known = this.remembered(person);
      if (known) return known;
      await (this.making.get(person) ?? this.inThisTurn(person));
    }
  }

  /** Destroys keys, for good. Resolves when no process opens anything with them any more. */
  async destroy(persons: readonly Person[]): Promise<void> {
    await this.table.destroy(persons);
    this.checkedAt = Number.NEGATIVE_INFINITY;
    await sleep(FORGOTTEN_AFTER_MS);
  }

  /** Turns do not wait for each other: the first event about somebody waits for one commit, and not for the end of another one. */
  private inThisTurn(person: Person): Promise<void> {
    if (!this.turn) {
      const persons = new Set<Person>();
      this.turn = { persons, over: this.makeAll(persons) };
    }
    const { persons, over } = this.turn;
    persons.add(person);
    this.making.set(person, over);
    return over;
  }

  private async makeAll(persons: ReadonlySet<Person>): Promise<void> {
    await macrotask();
    this.turn = undefined;
    try {
      const secrets = new Map([...persons].map(person => [person, PersonKey.newSecret()]));
      const { seen } = this;
      const others = await this.table.add(await this.wrapped(secrets));
      for (const { person } of others) secrets.delete(person);
      // What is stored is the secret itself: it need not be opened once more.
      if (this.seen === seen) for (const [person, secret] of secrets) this.remember(person, new PersonKey(secret));
      await this.taken(others, seen);
    } finally {
      for (const person of persons) this.making.delete(person);
    }
  }

  private async wrapped(secrets: ReadonlyMap<Person, Buffer>): Promise<StoredKey[]> {
    const [master] = await this.masters();
    const wrap = async ([person, secret]: [Person, Buffer]) => {
      return { person, wrapped: await master.wrap(secret, person), master: master.id };
    };
    return Promise.all([...secrets].map(wrap));
  }

  /** What was found is remembered, unless somebody was erased since: it may be who was found. */
  private async taken(stored: readonly StoredKey[], seen: bigint): Promise<(readonly [Person, Known])[]> {
    const masters = await this.masters();
    const open = async ({ person, wrapped, master }: StoredKey) => {
      const known = wrapped ? new PersonKey(await masterOf(person, master, masters).unwrap(wrapped, person)) : GONE;
      if (this.seen === seen) this.remember(person, known);
      return [person, known] as const;
    };
    return Promise.all(stored.map(open));
  }

  /** Forgets whoever was erased since it looked last. */
  private async check(): Promise<void> {
    if (performance.now() - this.checkedAt < FRESH_MS) return;
    this.checking ??= this.look().finally(() => {
      this.checking = undefined;
    });
    await this.checking;
  }

  private async look(): Promise<void> {
    const asked = performance.now();
    const { number, persons } = await this.table.erasedAfter(this.seen);
    this.forget(persons);
    this.seen = number;
    this.checkedAt = asked;
    if (persons.length) for (const told of this.erased) told();
  }

  private remembered(person: Person): Known | undefined {
    const known = this.young.get(person);
    if (known) return known;
    const older = this.old.get(person);
    if (older) this.remember(person, older);
    return older;
  }

  private remember(person: Person, known: Known): void {
    if (this.young.size >= REMEMBERED) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(person, known);
  }

  private forget(persons: readonly Person[]): void {
    for (const person of persons) {
      this.young.delete(person);
      this.old.delete(person);
    }
  }
}

function masterOf(person: Person, id: string, masters: Masters): MasterKey {
  const master = masters.find(one => one.id === id);
  if (!master) throw new Error(`The key of ${person} is wrapped by the master key ${id}, which is not configured.`);
  return master;
}
