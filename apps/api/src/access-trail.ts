import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { type GqlContextType, GqlExecutionContext } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import { concatMap, from, type Observable, tap } from 'rxjs';
import { Refusal } from '#event-sourcing/refusal.js';
import type { RequestContext } from '#platform/access/request-context.js';
import { type Access, AccessLog } from '#read-models/access-log/access-log.js';
import { Reading } from '#read-models/shared/reading.js';
import { personalSelection } from './personal-selection.js';
import { toldArguments } from './told-arguments.js';

type Outcome = { readonly outcome: string; readonly rows?: number; readonly records: readonly string[] };

const MOST_RECORDS = 100;

/**
 * Around every operation: those that show personal data, and all commands, leave a line in the access log. A read is not answered before
 * its line is written. A command is done already, and its events tell of it: its line, for the address, comes within moments, and so does
 * that of whoever was shown nothing.
 */
@Injectable()
export class AccessTrail implements NestInterceptor {
  constructor(
    private readonly accessLog: AccessLog,
    private readonly reading: Reading,
  ) {}

  /** @throws Refusal ACCESS_LOG_UNAVAILABLE in the place of an answer whose trace could not be written. */
  async intercept(execution: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    if (execution.getType<GqlContextType>() !== 'graphql') return next.handle();
    const operation = GqlExecutionContext.create(execution);
    const info = operation.getInfo<GraphQLResolveInfo>();
    const isCommand = info.operation.operation === 'mutation';
    const fields = isCommand ? [] : personalSelection(info);
    if (!isCommand && fields.length === 0) return next.handle();
    const at = this.reading.clock();
    const traceOf = (outcome: Outcome): Access => {
      const { viewer, sender, address } = operation.getContext<RequestContext>();
      return {
        at,
        actorId: viewer.actor.id,
        role: viewer.actor.role,
        onBehalfOf: sender.onBehalfOf,
        operation: `${info.operation.operation} ${info.fieldName}`,
        fields,
        // What a command says stands in the events, from which personal data can be erased.
        arguments: isCommand ? {} : toldArguments(info, operation.getArgs()),
        correlationId: sender.correlationId!,
        address,
        ...outcome,
      };
    };
    return from(next.handle()).pipe(
      concatMap(async answer => {
        const { rows, records } = countOf(answer);
        const named = isCommand ? namedIn(operation.getArgs()) : [];
        const trace = traceOf({ outcome: 'ok', rows, records: [...new Set([...records, ...named])] });
        if (isCommand) this.accessLog.note(trace);
        else await this.accessLog.written(trace);
        return answer;
      }),
      tap({
        error: error => {
          const outcome = error instanceof Refusal ? error.code : 'failed';
          this.accessLog.note(traceOf({ outcome, rows: 0, records: [] }));
        },
      }),
    );
  }
}

/** How many records an answer holds, and which: a page of them, a list, or one. */
function countOf(answer: unknown): { rows?: number; records: string[] } {
  if (answer == null) return { rows: 0, records: [] };
  if (Symbol.asyncIterator in Object(answer)) return { records: [] };
  const { nodes } = answer as { nodes?: unknown };
  const records: readonly unknown[] = Array.isArray(nodes) ? nodes : Array.isArray(answer) ? answer : [answer];
  return { rows: records.length, records: records.slice(0, MOST_RECORDS).flatMap(idOf) };
}

/** No records of ours: the command's own id, and what another system calls a record. */
const NO_RECORDS = ['commandId', 'externalId'];

/** The records that a command names: an erasure answers with its own id, and is looked for by that of the person. */
function namedIn({ input = {} }: { readonly input?: object }): string[] {
  const ids = Object.entries(input).filter(([name]) => name.endsWith('Id') && !NO_RECORDS.includes(name));
  return ids.map(([, id]) => id).filter(id => typeof id === 'string');
}

/** Entries of a history are known by their events, what has no id of its own by the customer that it is about. */
function idOf(record: unknown): string[] {
  const { id, eventId, customerId } = record as { id?: unknown; eventId?: unknown; customerId?: unknown };
  return [id, eventId, customerId].filter(value => typeof value === 'string').slice(0, 1);
}
