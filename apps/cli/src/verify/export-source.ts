import type { FoundEvent } from '#integrity/finding.js';
import type { LogSource } from '#integrity/verify-log.js';
import { checkedFile, eventsIn } from '../events/event-file.js';

const PAGE = 500;

/** The log as `crm events export` wrote it into a file. @throws Refusal BAD_USER_INPUT when the file is cut off or altered. */
export const exportSource = (file: string): LogSource => ({
  earlier: true,
  async *pages() {
    await checkedFile(file);
    let page: FoundEvent[] = [];
    for await (const { event } of eventsIn(file)) {
      page.push(event);
      if (page.length < PAGE) continue;
      yield page;
      page = [];
    }
    yield page;
  },
});
