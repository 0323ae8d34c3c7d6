/** Stored for ever: never rename or retype; add an event, or add an upcaster. */
export type AccountEvents = {
  /** A login of somebody, or something, that is no employee. Tokens name it by `email`, or by `subject`. */
  AccountOpened: {
    accountId: string;
    name: string;
    role: string;
    email?: string;
    subject?: string;
    customerId?: string;
  };
  AccountClosed: { accountId: string; reason?: string };
};
