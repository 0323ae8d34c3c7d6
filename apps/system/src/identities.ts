import { OpenAccount } from '#crm/account/account.commands.js';
import { GrantRole } from '#crm/employee/employee.commands.js';
import { Identities } from '#crm/identities/identities.js';
import type { Config } from '#platform/config.js';
import type { System } from './system.js';

const sender = { actor: { id: 'system', role: 'system' } };

/** The e-mail of the first administrator: as configured, and with the local issuer `admin@localhost` otherwise. */
export function administratorOf({ adminEmail, oidc }: Pick<Config, 'adminEmail' | 'oidc'>): string | undefined {
  return adminEmail ?? (oidc ? undefined : 'admin@localhost');
}

/** Everybody who comes in, from the log, with the first administrator among them: otherwise nobody could let in anybody. */
export async function followIdentities({ store, executor, config, reading, log }: System): Promise<Identities> {
  const onTrouble = (error: unknown) => log.error({ err: error }, 'Identities cannot follow the log; they try again.');
  const { timeZone, clock } = reading;
  const identities = await Identities.follow({ store, timeZone, clock, onTrouble });
  const email = administratorOf(config);
  try {
    if (email) await makeAdministrator(email, identities, executor);
  } catch (error) {
    await identities.close();
    throw error;
  }
  return identities;
}

/** An account that was closed stays closed, also when whose it was has been erased. */
async function makeAdministrator(email: string, identities: Identities, executor: System['executor']): Promise<void> {
  const viewer = identities.viewer({ subject: email, email });
  if (viewer?.identity.roles.includes('administrator')) return;
  const employeeId = viewer?.identity.employeeId;
  if (!viewer && identities.accounts().some(({ id }) => id === email)) return;
  const { position } = employeeId
    ? await executor.send(GrantRole, { employeeId, role: 'administrator' }, sender)
    : await executor.send(
        OpenAccount,
        { accountId: email, name: 'Administrator', role: 'administrator', email },
        sender,
      );
  await identities.seen(position);
}
