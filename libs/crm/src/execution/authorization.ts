import type { AnyDecider } from '#event-sourcing/decider.js';
import { type Refusal, refuse } from '#event-sourcing/refusal.js';
import { isRole, type Permission } from '#platform/access/permissions.js';
import { reaches, type Sight, type Viewer, viewerOf } from '#platform/access/viewer.js';
import type { CommandDefinition, Envelope, Sender } from '#platform/graphql/command.js';

/** Code of ours sends commands without a viewer; what its role allows only within an organisation, it may not do. */
function viewerFor({ viewer, actor }: Sender): Viewer {
  return viewer ?? viewerOf({ id: actor.id, roles: isRole(actor.role) ? [actor.role] : [] }, () => []);
}

/** What the sender of one command may do, asked before anything is read. */
export class Authorization {
  private readonly viewer: Viewer;
  private readonly sight: Sight;

  /** @throws Refusal FORBIDDEN if the sender may do this with no record at all. */
  constructor(
    sender: Sender,
    private readonly permission: Permission,
  ) {
    this.viewer = viewerFor(sender);
    this.sight = this.viewer.sight(permission);
    if (this.sight === 'nothing') throw forbidden(permission);
  }

  /** Whether the command may be done with the record that is in this state. */
  reaches(decider: AnyDecider, state: unknown): boolean {
    return within(this.sight, decider, state);
  }

  /** Whether the sender may know of a record that the command refers to. */
  sees(decider: AnyDecider, state: unknown): boolean {
    return within(this.viewer.sight(`${decider.stream}.read` as Permission), decider, state);
  }

  /** Who reaches only the own records and names nobody creates a record of their own. */
  owned<Command extends Envelope>(command: Command, { newId, references }: CommandDefinition): Command {
    const { employeeId } = this.viewer.identity;
    const { ownerId } = command as { ownerId?: string };
    const toBeOwned = newId && references.has('ownerId') && ownerId === undefined;
    if (!toBeOwned || !employeeId || typeof this.sight === 'string' || this.sight.unowned) return command;
    return Object.assign(Object.create(Object.getPrototypeOf(command)), command, { ownerId: employeeId });
  }

  /** For a new record that its creator would not reach. */
  outOfReach(): Refusal {
    return refuse('FORBIDDEN', `Your permission ${this.permission} does not cover records of others.`, {
      allowed: 'records of your own, or of those for whom you answer',
    });
  }
}

/** Kinds of records that belong to nobody are reached as a whole or not at all. */
function within(sight: Sight, { belongsTo }: AnyDecider, state: unknown): boolean {
  return belongsTo ? reaches(sight, belongsTo(state)) : sight === 'everything';
}

/** The answer to whoever may not do a thing at all. What one may not do with this very record is NOT_FOUND instead. */
export function forbidden(permission: Permission): Refusal {
  return refuse('FORBIDDEN', `You need the permission ${permission}.`, { allowed: permission });
}
