import { Controller, Get, HttpException, HttpStatus } from '@nestjs/common';
import { AllowAnybody } from '#platform/access/allow.js';
import { Readiness } from './readiness.js';

/** For load balancers and `docker compose`: alive is the process, ready is one that can answer, and with figures that are current. */
@AllowAnybody('Whether it lives and how far the log is tells nothing of anybody.')
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('live')
  live() {
    return { status: 'live' };
  }

  /** 503 with the reasons while it is not ready. */
  @Get('ready')
  async ready() {
    const { ready, head, reasons } = await this.readiness.look();
    if (!ready) throw new HttpException({ status: 'unavailable', reasons }, HttpStatus.SERVICE_UNAVAILABLE);
    return { status: 'ready', head: String(head) };
  }
}
