import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLSchema,
  isIntrospectionType,
  isObjectType,
} from 'graphql';
import { refuse } from '#event-sourcing/refusal.js';
import { limits } from './limits.js';

/** What a text may be like. */
interface Rule {
  readonly most: number;
  readonly pattern: RegExp;
  readonly allowed: string;
}

const LINE = { pattern: /^[^\p{Cc}\p{Cs}]*$/u, allowed: 'one line without control characters' };
const ARGUMENT: Rule = { most: limits.argumentLength.most, ...LINE };
const CURSOR: Rule = { most: limits.cursorLength.most, ...LINE };
/** Fields of inputs say for themselves, and more closely, what they take; this is what none of them takes. */
const FIELD: Rule = {
  most: limits.textLength.most,
  pattern: /^(?:[^\p{Cc}\p{Cs}]|[\t\n\r])*$/u,
  allowed: 'texts without control characters',
};

/** The schema in which every text that comes in as an argument has a length and no control characters, however it got there. */
export function withBoundedArguments(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap()))
    if (isObjectType(type) && !isIntrospectionType(type))
      for (const field of Object.values(type.getFields())) if (field.args.length > 0) bound(field);
  return schema;
}

function bound(field: GraphQLField<unknown, unknown>): void {
  const { resolve = defaultFieldResolver, subscribe } = field;
  field.resolve = (source, args, context, info) => {
    checkArguments(args);
    return resolve(source, args, context, info);
  };
  // The arguments of a subscription are looked at when it begins, and not again with every answer.
  if (!subscribe) return;
  field.resolve = resolve;
  field.subscribe = (source, args, context, info) => {
    checkArguments(args);
    return subscribe(source, args, context, info);
  };
}

/** @throws Refusal BAD_USER_INPUT naming the field: `filter.search`, `types.3`; of a command's `input` the field alone. */
export function checkArguments(args: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(args))
    checkTexts(value, name === 'input' ? [] : [name], name === 'after' ? CURSOR : ARGUMENT);
}

function checkTexts(value: unknown, path: readonly string[], rule: Rule): void {
  if (typeof value === 'string') checkText(value, path.join('.'), rule);
  if (typeof value !== 'object' || value === null) return;
  const { most } = limits.listLength;
  if (Array.isArray(value) && value.length > most)
    throw refused(path.join('.'), 'is too long a list', `up to ${most} entries`);
  const inner = Array.isArray(value) ? rule : FIELD;
  for (const [key, one] of Object.entries(value)) checkTexts(one, [...path, key], inner);
}

function checkText(text: string, field: string, { most, pattern, allowed }: Rule): void {
  if (text.length > most && charactersOf(text) > most) throw refused(field, 'is too long', `up to ${most} characters`);
  if (!pattern.test(text)) throw refused(field, 'holds a control character', allowed);
}

/** As the rules of commands count: a character outside the first plane is one, not two. */
const charactersOf = (text: string) => text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);

const refused = (field: string, complaint: string, allowed: string) =>
  refuse('BAD_USER_INPUT', `${field} ${complaint}.`, { field, allowed });
