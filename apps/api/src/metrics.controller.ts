import { Controller, ForbiddenException, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AllowAnybody } from '#platform/access/allow.js';
import { isLoopback } from '#platform/config.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { Door } from './door.js';

/** For Prometheus, in its text format: from this machine, or with the token of somebody who may know how projections do. */
@AllowAnybody('It asks for the token itself, because a scraper on the same machine needs none.')
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: Metrics,
    private readonly door: Door,
  ) {}

  @Get()
  async scrape(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    if (!isFromHere(request) && !(await this.mayRead(request))) throw new ForbiddenException();
    const { registry } = this.metrics;
    reply.header('content-type', registry.contentType);
    return registry.metrics();
  }

  private async mayRead({ headers }: FastifyRequest): Promise<boolean> {
    try {
      return this.door.viewerOf(await this.door.bearerOf(headers.authorization)).may('projections.read');
    } catch {
      return false;
    }
  }
}

/** What a proxy on this machine hands on comes from elsewhere. */
function isFromHere({ socket, headers }: FastifyRequest): boolean {
  return isLoopback(socket.remoteAddress ?? '') && !headers.forwarded && !headers['x-forwarded-for'];
}
