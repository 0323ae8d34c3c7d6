import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLInputObjectType, getNamedType } from 'graphql';
import { aggregates } from '#crm/aggregates.js';
import type { AnyDecider, CommandClass } from '#event-sourcing/decider.js';
import type { Permission } from '#platform/access/permissions.js';
import { commandDefinition, type Envelope } from '#platform/graphql/command.js';
import { saidOf } from '../samples.js';

/** A command about records that belong to somebody, with what it says. */
export interface Tried {
  readonly type: CommandClass<Envelope>;
  readonly mutation: string;
  readonly kind: string;
  readonly permission: Permission;
  readonly creates: boolean;
  readonly input: Readonly<Record<string, unknown>>;
  /** The names of its fields. */
  readonly fields: ReadonlySet<string>;
}

/** All of them, from the schema: what is added there is tried as well. */
export function tried(): Tried[] {
  const mutations = buildSchema(readFileSync('schema.graphql', 'utf8')).getMutationType()!.getFields();
  const owned = aggregates.filter((decider: AnyDecider) => decider.belongsTo);
  return owned.flatMap(({ stream: kind, commands }) =>
    (Object.values(commands) as CommandClass<Envelope>[]).map(type => {
      const mutation = type.name[0]!.toLowerCase() + type.name.slice(1);
      const { args } = mutations[mutation]!;
      const fields = (getNamedType(args[0]!.type) as GraphQLInputObjectType).getFields();
      const { allow: permission, newId } = commandDefinition(type);
      const { input } = saidOf(args) as { input: Record<string, unknown> };
      return { type, mutation, kind, permission, creates: Boolean(newId), input, fields: new Set(Object.keys(fields)) };
    }),
  );
}
