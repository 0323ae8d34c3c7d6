/** For tests that are about something else: they ask faster than any client. */
export const UNLIMITED = { RATE_LIMIT_REQUESTS: 'off', RATE_LIMIT_COMMANDS: 'off', RATE_LIMIT_COST: 'off' };
