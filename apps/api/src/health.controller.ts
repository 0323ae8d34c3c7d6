import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { Reading } from '#read-models/shared/reading.js';

/** For load balancers and `docker compose`: alive is the process, ready is one that can answer. */
@Controller('health')
export class HealthController {
  constructor(private readonly reading: Reading) {}

  @Get('live')
  live() {
    return { status: 'live' };
  }

  /** 503 while the log or the read models cannot be reached. */
  @Get('ready')
  async ready() {
    try {
      const [head] = await Promise.all([this.reading.store.head(), this.reading.ping()]);
      return { status: 'ready', head: String(head) };
    } catch {
      throw new ServiceUnavailableException({ status: 'unavailable' });
    }
  }
}
