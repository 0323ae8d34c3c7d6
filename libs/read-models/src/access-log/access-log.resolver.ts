import type { Type } from '@nestjs/common';
import { Args, InputType, Query, Resolver } from '@nestjs/graphql';
import type { Instant } from '#event-sourcing/event.js';
import { Allow } from '#platform/access/allow.js';
import { Id, InstantField, Text } from '#platform/graphql/fields.js';
import { validated } from '#platform/graphql/validate.js';
import { connectionOf, PageArgs } from '../shared/connection.js';
import { Reading } from '../shared/reading.js';
import { AccessEntry } from './access-entry.type.js';
import { type AccessFilter, accessLogOf } from './access-log.query.js';

const AccessLogConnection = connectionOf(AccessEntry, 'AccessLog');

@InputType('AccessLogFilter', { description: 'Which entries (筛选): all given conditions hold.' })
class AccessLogFilter implements AccessFilter {
  @Id('Who (操作人): the id of an employee or an account.', { optional: true }) actorId?: string;
  @Text('What was done (操作): `query customer`.', { optional: true, max: 100 }) operation?: string;
  @Id('A record that was answered (记录编号): who saw this customer?', { optional: true }) record?: string;
  @Id('The conversation that it belongs to.', { optional: true }) correlationId?: string;
  @Text('The client’s address (客户端地址), exactly.', { optional: true, max: 45 }) address?: string;
  @InstantField('Not before this instant.', { optional: true }) from?: Instant;
  @InstantField('Not after this instant.', { optional: true }) to?: Instant;
}

@Resolver()
export class AccessLogResolver {
  constructor(private readonly reading: Reading) {}

  @Allow('accessLog.read')
  @Query(() => AccessLogConnection, {
    description:
      'Who looked at personal data, and who sent commands from where (访问日志), newest first; kept for ACCESS_LOG_DAYS. Those of reads are there before the answer, those of commands within moments.',
  })
  accessLog(
    @Args() page: PageArgs,
    @Args('filter', { type: () => AccessLogFilter, nullable: true, description: 'Only those …; absent: all.' })
    filter: AccessLogFilter | null,
  ) {
    return accessLogOf(this.reading.database, validated(AccessLogFilter, filter ?? {}), page);
  }
}

export const accessLogResolvers: readonly Type[] = [AccessLogResolver];
