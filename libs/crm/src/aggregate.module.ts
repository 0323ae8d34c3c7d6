import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { CommandBus, CommandHandler, CqrsModule, type ICommandHandler } from '@nestjs/cqrs';
import { Args, Context, Mutation, Resolver } from '@nestjs/graphql';
import type { AnyDecider, CommandClass } from '#event-sourcing/decider.js';
import { Allow } from '#platform/access/allow.js';
import { commandDefinition, type Envelope, type Sender } from '#platform/graphql/command.js';
import { commandFrom } from '#platform/graphql/validate.js';
import { Executor, type Receipt } from './execution/executor.js';
import { ReceiptType } from './execution/receipt.type.js';
import { Identities } from './identities/identities.js';
import { identityTypes } from './identities/organisation.js';

function handlerOf(command: CommandClass): Type<ICommandHandler> {
  class Handler {
    constructor(private readonly executor: Executor) {}

    execute(sent: Envelope): Promise<Receipt> {
      return this.executor.execute(sent);
    }
  }
  Object.defineProperty(Handler, 'name', { value: `${command.name}Handler` });
  Reflect.defineMetadata('design:paramtypes', [Executor], Handler);
  CommandHandler(command as never)(Handler);
  return Handler;
}

/** One mutation per command, named like it: `captureLead(input: CaptureLeadInput!): Receipt!`. */
function resolverOf(decider: AnyDecider): Type {
  const changesRights = Object.keys(decider.evolve).some(type => identityTypes.includes(type));
  class CommandResolver {
    constructor(
      private readonly bus: CommandBus,
      private readonly identities: Identities,
    ) {}

    async send(type: CommandClass<Envelope>, input: object, { sender }: { sender: Sender }): Promise<ReceiptType> {
      const receipt: Receipt = await this.bus.execute(commandFrom(type, input, sender));
      if (changesRights) await this.identities.seen(receipt.position);
      return { ...receipt, revision: Number(receipt.revision) };
    }
  }
  const prototype = CommandResolver.prototype as unknown as Record<string, unknown>;
  for (const command of Object.values(decider.commands) as CommandClass<Envelope>[]) {
    const name = command.name[0]!.toLowerCase() + command.name.slice(1);
    prototype[name] = function (this: CommandResolver, input: object, context: { sender: Sender }) {
      return this.send(command, input, context);
    };
    Args('input', { type: () => command })(prototype, name, 0);
    Context()(prototype, name, 1);
    const { description, allow } = commandDefinition(command);
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name)!;
    Allow(allow)(prototype, name, descriptor);
    Mutation(() => ReceiptType, { name, description })(prototype, name, descriptor);
    // Left to itself Nest would take the parameter for any object, and the input's class would be lost.
    Reflect.defineMetadata('design:paramtypes', [Object, Object], prototype, name);
  }
  Reflect.defineMetadata('design:paramtypes', [CommandBus, Identities], CommandResolver);
  Object.defineProperty(CommandResolver, 'name', { value: `${decider.stream}Commands` });
  Resolver()(CommandResolver);
  return CommandResolver;
}

/** A resolver per aggregate, with a mutation for each of its commands. */
export function commandResolvers(aggregates: readonly AnyDecider[]): Type[] {
  return aggregates.map(resolverOf);
}

@Module({})
class AggregateModule {}

/**
 * Everything that Nest needs for the aggregates: a handler and a mutation per command. `Executor` and `Identities` have to be provided globally.
 * @throws Error when two aggregates claim one command; `@nestjs/cqrs` would let the last one win silently.
 */
export function aggregateModule(aggregates: readonly AnyDecider[]): DynamicModule {
  const names = aggregates.flatMap(({ commands }) => Object.keys(commands));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new Error(`Two aggregates have a command ${twice}.`);
  const handlers = aggregates.flatMap(decider => (Object.values(decider.commands) as CommandClass[]).map(handlerOf));
  return {
    module: AggregateModule,
    imports: [CqrsModule.forRoot()],
    providers: [...handlers, ...commandResolvers(aggregates)],
  };
}
