import { Catch } from '@nestjs/common';
import type { GqlExceptionFilter } from '@nestjs/graphql';
import { Refusal } from '#event-sourcing/refusal.js';

/** A refusal is an answer. Without this filter Nest would log each one as an error with its stack. */
@Catch(Refusal)
export class RefusalFilter implements GqlExceptionFilter<Refusal> {
  catch(refusal: Refusal): Refusal {
    return refusal;
  }
}
