import type { AnyDecider, Belonging } from '#event-sourcing/decider.js';
import { Contradiction, type Refusal, refuse } from '#event-sourcing/refusal.js';
import { guardedFields, isRole, type Permission, type Resource } from '#platform/access/permissions.js';
import { reaches, type Sight, type Viewer, viewerOf } from '#platform/access/viewer.js';
import type { CommandDefinition, Envelope, Sender } from '#platform/graphql/command.js';

/** Of senders that came without one, because imports and policies send thousands of commands each. */
const viewers = new WeakMap<Sender, Viewer>();

/** Code of ours sends commands without a viewer; what its role allows only within an organisation, it may not do. */
function viewerFor(sender: Sender): Viewer {
  const known = sender.viewer ?? viewers.get(sender);
  if (known) return known;
  const { id, role } = sender.actor;
  const viewer = viewerOf({ id, roles: isRole(role) ? [role] : [] }, () => []);
  viewers.set(sender, viewer);
  return viewer;
}

/** What somebody may do with a record: the command, only know of it, or not even that. */
export type Access = 'allowed' | 'seen' | 'hidden';

/** Whose a customer is, as the log says it at that moment; undefined if there is none of that id. */
export type WhoseCustomer = (customerId: string) => Promise<Belonging | undefined>;

/** What the sender of one command may do, asked before anything is read. */
export class Authorization {
  private readonly viewer: Viewer;
  private readonly sight: Sight;

  /** @throws Refusal FORBIDDEN if the sender may do this with no record at all. */
  constructor(
    sender: Sender,
    private readonly permission: Permission,
    private readonly whoseCustomer: WhoseCustomer,
  ) {
    this.viewer = viewerFor(sender);
    this.sight = this.viewer.sight(permission);
    if (this.sight === 'nothing') throw forbidden(permission);
  }

  /** What the sender may do with the record that is in this state; at once where the record alone tells. */
  to(decider: AnyDecider, state: unknown): Access | Promise<Access> {
    return within(this.sight, decider, state) ? 'allowed' : this.toAsRelated(decider, state);
  }

  /** Whether the sender may know of a record; at once where the record alone tells. */
  sees(decider: AnyDecider, state: unknown): boolean | Promise<boolean> {
    const sight = this.reading(decider);
    return within(sight, decider, state) || this.seesCustomerOf(sight, decider, state);
  }

  /** Whether a record may be created in this state. Whoever owns a customer may not do business in others' names with it. */
  mayCreate(decider: AnyDecider, state: unknown): boolean {
    return within(this.sight, decider, state);
  }

  /** Who reaches only the own records and names nobody creates a record of their own. */
  owned<Command extends Envelope>(command: Command, { newId, references }: CommandDefinition): Command {
    const { employeeId } = this.viewer.identity;
    const { ownerId } = command as { ownerId?: string };
    const toBeOwned = newId && references.has('ownerId') && ownerId === undefined;
    if (!toBeOwned || !employeeId || typeof this.sight === 'string' || this.sight.unowned) return command;
    return Object.assign(Object.create(Object.getPrototypeOf(command)), command, { ownerId: employeeId });
  }

  /** For a record that the sender may know of, or would create, but that is beyond what the permission reaches. */
  outOfReach(): Refusal {
    return refuse('FORBIDDEN', `Your permission ${this.permission} does not cover records of others.`, {
      allowed: 'records of your own, or of those for whom you answer',
    });
  }

  /**
   * What one may not read one may not change either, nor try out: that nothing changed would tell that a guess was right.
   * @throws Refusal FORBIDDEN for a command on a record that is there, which says something of a field that is hidden from the sender.
   */
  demandReadable(command: Envelope, { stream }: AnyDecider, { newId }: CommandDefinition): void {
    if (newId) return;
    const stated = this.hidden(stream).find(field => command[field as keyof Envelope] !== undefined);
    if (stated) throw forbidden(guardedFields[stream as Resource]![stated]!);
  }

  /**
   * A refusal by a decider as the sender may know of it: without the value of a hidden field; nothing where all that stands against a
   * repeated creation is in such fields. It is answered as if it were the same then, whatever it says of them.
   */
  told(refusal: Refusal, { stream }: AnyDecider): Refusal | undefined {
    const hidden = this.hidden(stream);
    if (refusal instanceof Contradiction) return refusal.without(hidden);
    const { code, details } = refusal;
    if (!details.field || !hidden.includes(details.field)) return refusal;
    return refuse(code, `What you say of ${details.field} cannot be.`, { field: details.field });
  }

  private hidden(stream: string): readonly string[] {
    return this.viewer.fieldsHidden(stream as Resource);
  }

  private async toAsRelated(decider: AnyDecider, state: unknown): Promise<Access> {
    const customer = await this.customerOf(decider, state);
    if (customer && reaches(this.sight, customer)) return 'allowed';
    const sight = this.reading(decider);
    return within(sight, decider, state) || (customer && reaches(sight, customer)) ? 'seen' : 'hidden';
  }

  private reading({ stream }: AnyDecider): Sight {
    return this.viewer.sight(`${stream}.read` as Permission);
  }

  private async seesCustomerOf(sight: Sight, decider: AnyDecider, state: unknown): Promise<boolean> {
    const customer = typeof sight === 'string' ? undefined : await this.customerOf(decider, state);
    return customer !== undefined && reaches(sight, customer);
  }

  /** In words what `visible` says in SQL: what belongs to a customer is reached by whoever reaches the customer's owner, too. */
  private async customerOf({ stream, belongsTo }: AnyDecider, state: unknown): Promise<Belonging | undefined> {
    const customerId = stream !== 'customer' && belongsTo?.(state).customerId;
    return customerId ? this.whoseCustomer(customerId) : undefined;
  }
}

/** By the record alone. Kinds of records that belong to nobody are reached as a whole or not at all. */
function within(sight: Sight, { belongsTo }: AnyDecider, state: unknown): boolean {
  return belongsTo ? reaches(sight, belongsTo(state)) : sight === 'everything';
}

/** The answer to whoever may not do a thing at all. */
export function forbidden(permission: Permission): Refusal {
  return refuse('FORBIDDEN', `You need the permission ${permission}.`, { allowed: permission });
}
