import { Args, ID, Query, Resolver } from '@nestjs/graphql';
import { type PersonalData, personalData } from '#apps/system/src/personal-data.js';
import { Allow } from '#platform/access/allow.js';
import { JsonScalar } from '#read-models/history/history.entry.js';
import { Reading } from '#read-models/shared/reading.js';

@Resolver()
export class PersonalDataResolver {
  constructor(private readonly reading: Reading) {}

  @Allow('personal.read')
  @Query(() => JsonScalar, {
    description:
      'Everything that is held about a customer, its contacts, accounts and the leads that it was (个人信息副本), for their right to know: events with what they hold, the rows of the read models, and who looked at it. Of an erased person the values read [erased] (已删除).',
  })
  personalData(
    @Args('customerId', { type: () => ID, description: 'The customer (客户).' }) customerId: string,
  ): Promise<PersonalData> {
    return personalData(this.reading, customerId);
  }
}
