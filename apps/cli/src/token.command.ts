import type { Command } from 'commander';
import { followIdentities } from '#apps/system/src/identities.js';
import type { System } from '#apps/system/src/system.js';
import { OpenAccount } from '#crm/account/account.commands.js';
import { AccountRole } from '#crm/account/account-role.js';
import { refuse } from '#event-sourcing/refusal.js';
import { roles } from '#platform/access/permissions.js';
import { authenticationFrom } from '#platform/authentication/authentication.js';
import { withSystem } from './with-system.js';

interface Options {
  readonly as: string;
  readonly role?: string;
  readonly hours: string;
}

const sender = { actor: { id: 'cli', role: 'system' } };

export function tokenCommand(program: Command): void {
  program
    .command('token')
    .description('print a token of the local issuer, to try the API as somebody; not for production')
    .requiredOption('--as <email>', 'whose: an employee’s or an account’s e-mail; admin@localhost is the administrator')
    .option(
      '--role <role>',
      'with this one of their roles only; for an unknown e-mail an account of that role is opened',
    )
    .option('--hours <number>', 'how long it is valid', '12')
    .action(async (options: Options) => {
      process.stdout.write(`${await withSystem(system => tokenFor(system, options))}\n`);
    });
}

async function tokenFor(system: System, { as: email, role, hours }: Options): Promise<string> {
  const { localIssuer } = authenticationFrom(system.config);
  if (!localIssuer) throw refuse('BAD_USER_INPUT', 'Tokens come from the identity provider that OIDC_ISSUER names.');
  const seconds = Number(hours) * 3_600;
  if (!Number.isInteger(seconds) || seconds < 1)
    throw refuse('BAD_USER_INPUT', `--hours ${hours} is not allowed: a number above 0.`);
  await mustHaveARole(system, email, role);
  return localIssuer.token(email, { role, seconds });
}

/** A token for nobody would be refused by the API, and nobody would know why. */
async function mustHaveARole(system: System, email: string, role: string | undefined): Promise<void> {
  const identities = await followIdentities(system);
  await identities.close();
  const held = identities.viewer({ subject: email, email })?.identity.roles;
  if (held?.length && (!role || held.some(one => one === role))) return;
  if (held)
    throw refuse('NOT_FOUND', `${email} is ${held.join(', ') || 'without a role'}, not ${role ?? 'more'}. ${HOW}`);
  const opened = Object.values(AccountRole).find(one => one === role && one !== 'external');
  if (!opened) throw refuse('NOT_FOUND', `Nobody has the e-mail ${email}. ${HOW}`);
  await system.executor.send(OpenAccount, { name: email, role: opened, email }, sender);
  process.stderr.write(`An account with the role ${opened} was opened for ${email}.\n`);
}

const HOW = `Hire the employee with it and grant a role (hireEmployee, grantRole), or open an account (openAccount). Roles: ${roles.join(', ')}.`;
