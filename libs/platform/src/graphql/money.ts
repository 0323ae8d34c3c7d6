import { Field, ObjectType } from '@nestjs/graphql';
import { MinorScalar } from './scalars.js';

@ObjectType({ description: 'An amount of money (金额).' })
export class Money {
  @Field(() => MinorScalar, { description: 'In the smallest unit of the currency (分 for CNY).' })
  minor: number;

  @Field(() => String, { description: 'ISO 4217 code, `CNY`.' })
  currency: string;
}
