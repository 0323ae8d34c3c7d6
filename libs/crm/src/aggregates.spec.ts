import { describe, expect, it } from '@jest/globals';
import type { CommandClass } from '#event-sourcing/decider.js';
import { commandDefinition } from '#platform/graphql/command.js';
import { aggregates } from './aggregates.js';

const streams = aggregates.map(({ stream }) => stream);

describe.each(aggregates.map(aggregate => [aggregate.stream, aggregate] as const))(
  'the aggregate %s',
  (stream, aggregate) => {
    const commands = Object.entries(aggregate.commands) as [string, CommandClass][];

    it('names each permission after itself', () => {
      for (const [, command] of commands)
        expect(commandDefinition(command).allow).toMatch(new RegExp(`^${stream}\\.[a-z][A-Za-z]+$`));
    });

    it('exports nothing but commands, each under its own name', () => {
      for (const [name, command] of commands)
        expect([command.name, typeof aggregate.decide[name]]).toEqual([name, 'function']);
    });

    it('refers only to aggregates that there are', () => {
      for (const [, command] of commands)
        for (const reference of commandDefinition(command).references.values())
          expect(streams).toContain(reference.stream);
    });
  },
);

describe('the list of aggregates', () => {
  it('has no two of one name', () => {
    expect(new Set(streams).size).toBe(streams.length);
  });

  it('has no command and no permission twice', () => {
    const commands = aggregates.flatMap(aggregate => Object.values(aggregate.commands) as CommandClass[]);
    const names = commands.map(command => command.name);
    const permissions = commands.map(command => commandDefinition(command).allow);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(permissions).size).toBe(permissions.length);
  });
});
