import { plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';
import { Refusal } from '#event-sourcing/refusal.js';
import { accepts } from './accepts.js';
import type { Envelope, Sender } from './command.js';

/** The first complaint, innermost first, with the path to its field: `instalments.0.minor`. */
function firstComplaint(errors: readonly ValidationError[], path: string[] = []): { field: string; message: string } {
  const error = errors[0]!;
  const here = [...path, error.property];
  if (error.children?.length) return firstComplaint(error.children, here);
  return { field: here.join('.'), message: Object.values(error.constraints ?? {})[0] ?? 'is not valid' };
}

/**
 * An instance of `type` from plain input.
 * @throws Refusal BAD_USER_INPUT naming the field and what is allowed.
 */
export function validated<T extends object>(type: new () => T, input: object): T {
  const instance = plainToInstance(type, input, { exposeUnsetFields: false });
  if (accepts(instance)) return instance;
  const errors = validateSync(instance, {
    forbidUnknownValues: true,
    stopAtFirstError: true,
    whitelist: true,
    forbidNonWhitelisted: true,
  });
  if (errors.length === 0) return instance;
  const { field, message } = firstComplaint(errors);
  throw new Refusal('BAD_USER_INPUT', `${message[0]!.toUpperCase()}${message.slice(1)}.`, { field, allowed: message });
}

/**
 * A command from plain input, with who sent it: the only way in, for GraphQL and imports alike.
 * @throws Refusal BAD_USER_INPUT naming the field and what is allowed.
 */
export function commandFrom<Command extends Envelope>(type: new () => Command, input: object, sender: Sender): Command {
  const command = validated(type, input);
  command.sender = sender;
  return command;
}
