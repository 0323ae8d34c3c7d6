import { Field, ID, Int, ObjectType } from '@nestjs/graphql';
import { PositionScalar } from '#platform/graphql/scalars.js';

@ObjectType('Receipt', { description: 'The answer to a command (回执): which record, and where it stands now.' })
export class ReceiptType {
  @Field(() => ID, { description: 'The record that the command was about; for a command that creates, the new one.' })
  id: string;

  @Field(() => Int, { description: 'The revision of the record’s stream, from 0.' })
  revision: number;

  @Field(() => PositionScalar, {
    description: 'Where its last event stands in the log: pass it as `atLeast` to read your own write.',
  })
  position: bigint;

  @Field(() => Boolean, { description: 'False when the command had been done before and changed nothing now.' })
  changed: boolean;
}
