import type { Type } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import { Allow } from '#platform/access/allow.js';
import { projectionStatus } from '#projections/status.js';
import { Reading } from '../shared/reading.js';
import { FeedsResolver } from './feeds.resolver.js';
import { ProjectionType, shownStatus } from './projections-status.type.js';

@Resolver()
export class ProjectionsStatusResolver {
  constructor(private readonly reading: Reading) {}

  @Allow('projections.read')
  @Query(() => [ProjectionType], {
    description: 'How far each read model (投影) is behind the log, and how it is doing.',
  })
  async projections() {
    const { store, clock } = this.reading;
    const status = await projectionStatus(this.reading.database, store, clock);
    return status.map(shownStatus);
  }
}

export const projectionsStatusResolvers: readonly Type[] = [ProjectionsStatusResolver, FeedsResolver];
