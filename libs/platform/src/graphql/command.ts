import { InputType } from '@nestjs/graphql';
import type { Actor, Instant } from '#event-sourcing/event.js';
import type { Permission } from '../access/permissions.js';
import type { Viewer } from '../access/viewer.js';
import { type FieldOptions, Id, InstantField, Text } from './fields.js';

/** Who sends a command and in which conversation; comes from the connection, never from the input. */
export interface Sender {
  readonly actor: Actor;
  /** What the sender may do; without it what the actor's role allows regardless of any organisation. */
  readonly viewer?: Viewer;
  /** For whom, where the actor stands in for somebody. */
  readonly onBehalfOf?: string;
  readonly correlationId?: string;
  readonly causationId?: string;
}

/** What every command carries beside its own fields. */
@InputType({ isAbstract: true })
export abstract class Envelope {
  @Id('Your id of this command (命令编号): repeating it has no second effect and gets the first answer.', {
    optional: true,
  })
  commandId?: string;

  @InstantField('When it happened (发生时间), if not now; never more than a minute in the future.', { optional: true })
  occurredAt?: Instant;

  @Text('Why (原因): stands in the history.', { optional: true, max: 1000 })
  reason?: string;

  /** Set by whoever lets the command in; input that names it is refused. */
  declare sender: Sender;
}

/** What `@Command` and its field decorators say about a command class. */
export interface CommandDefinition {
  readonly description: string;
  /** The permission that it needs: `lead.qualify`. */
  readonly allow: Permission;
  /** The field that holds a new aggregate's id and is made up if absent; commands without one need an existing aggregate. */
  readonly newId?: string;
  /** Fields that name other aggregates. */
  readonly references: ReadonlyMap<string, ReferenceDefinition>;
}

/** Which kind of aggregate a field names. */
export interface ReferenceDefinition {
  /** The stream category. */
  readonly stream: string;
  /** The id that is meant when the field is left out; the decision gets that one's facts. */
  readonly default?: string;
}

const definitions = new WeakMap<object, CommandDefinition>();
const references = new WeakMap<object, Map<string, ReferenceDefinition>>();
const newIds = new WeakMap<object, string>();

/** A class that is GraphQL input, validated object and command at once; its mutation is named like it. */
export function Command(description: string, { allow }: { allow: Permission }): ClassDecorator {
  return target => {
    definitions.set(target, {
      description,
      allow,
      newId: newIds.get(target.prototype),
      references: references.get(target.prototype) ?? new Map(),
    });
    InputType(`${target.name}Input`, { description })(target);
  };
}

/** The id of the aggregate that the command creates; made up if absent. */
export function NewId(description: string): PropertyDecorator {
  const declare = Id(`${description} Made up if absent; choose it yourself to make creation repeatable.`, {
    optional: true,
  });
  return (target, property) => {
    declare(target, property);
    newIds.set(target, String(property));
  };
}

/** The id of another aggregate; `execute` refuses the command unless it exists. */
export function Reference(
  stream: string,
  description: string,
  options: FieldOptions & { default?: string } = {},
): PropertyDecorator {
  const declare = Id(description, options);
  return (target, property) => {
    declare(target, property);
    const known = references.get(target) ?? new Map<string, ReferenceDefinition>();
    references.set(target, known.set(String(property), { stream, default: options.default }));
  };
}

/** @throws Error for a class without `@Command`: a bug that shows at boot. */
export function commandDefinition(command: object): CommandDefinition {
  const definition = definitions.get(command);
  if (!definition) throw new Error(`${(command as { name?: string }).name} has no @Command.`);
  return definition;
}
