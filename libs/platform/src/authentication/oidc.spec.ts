import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type IdentityProvider,
  identityProvider,
  newKey,
  type SigningKey,
  signed,
} from '#test/access/identity-provider.js';
import { oidcRules } from './oidc.js';
import { TokenVerifier } from './token-verifier.js';

let provider: IdentityProvider;
beforeEach(async () => {
  provider = await identityProvider();
});
afterEach(() => provider.close());

const token = ({ id, privateKey }: SigningKey) =>
  signed({ issuer: provider.issuer, email: 'li@corp.example' }, { alg: 'RS256', kid: id, key: privateKey });
const rules = (cooldownMs: number, issuer = provider.issuer) =>
  oidcRules({ issuer, audience: 'chronicle' }, cooldownMs);
const refused = (code: string) => expect.objectContaining({ code });

describe('Tokens of an identity provider', () => {
  it('are accepted from a rotated key on, those of a withdrawn one no longer', async () => {
    const [old, rotated] = [newKey('k1'), newKey('k2')];
    const verifier = new TokenVerifier(rules(0));
    provider.publish(old);
    expect(await verifier.verify(await token(old))).toMatchObject({ email: 'li@corp.example' });
    provider.publish(rotated);
    expect(await verifier.verify(await token(rotated))).toMatchObject({ email: 'li@corp.example' });
    await expect(verifier.verify(await token(old))).rejects.toEqual(refused('UNAUTHENTICATED'));
  });

  it('that were verified are refused all the same once their key is withdrawn, or they have expired', async () => {
    const [old, rotated] = [newKey('k1'), newKey('k2')];
    let now = Date.now();
    const verifier = new TokenVerifier(rules(0), undefined, () => new Date(now));
    provider.publish(old);
    const [first, second] = [await token(old), await token(rotated)];
    await verifier.verify(first);
    provider.publish(rotated);
    await verifier.verify(second);
    await expect(verifier.verify(first)).rejects.toEqual(refused('UNAUTHENTICATED'));
    expect(await verifier.verify(second)).toMatchObject({ email: 'li@corp.example' });
    now += 700_000;
    await expect(verifier.verify(second)).rejects.toEqual(refused('UNAUTHENTICATED'));
  });

  it('are verified once for as long as they hold', async () => {
    const key = newKey('k1');
    provider.publish(key);
    const verifier = new TokenVerifier(rules(0));
    const one = await token(key);
    const bearer = await verifier.verify(one);
    expect(await verifier.verify(one)).toBe(bearer);
  });

  it('with invented key ids do not make us ask the provider again and again', async () => {
    const verifier = new TokenVerifier(rules(60_000));
    provider.publish(newKey('k1'));
    const answers = [];
    for (let n = 0; n < 20; n++)
      answers.push(await verifier.verify(await token(newKey(`x${n}`))).catch(({ code }) => code));
    expect(new Set(answers)).toEqual(new Set(['UNAUTHENTICATED']));
    expect(provider.asked.filter(path => path === '/keys').length).toBe(1);
  });

  it('say that the provider is not there, rather than that they are wrong, while its keys cannot be had', async () => {
    const troubles: unknown[] = [];
    const verifier = new TokenVerifier(rules(60_000, 'http://127.0.0.1:1'), error => troubles.push(error));
    const refusal = refused('IDENTITY_PROVIDER_UNREACHABLE');
    await expect(verifier.verify(await token(newKey('k1')))).rejects.toEqual(
      expect.objectContaining({ code: expect.any(String) }),
    );
    const own = await signed(
      { issuer: 'http://127.0.0.1:1' },
      { alg: 'RS256', kid: 'k1', key: newKey('k1').privateKey },
    );
    await expect(verifier.verify(own)).rejects.toEqual(refusal);
    expect(troubles.length).toBeGreaterThan(0);
  });

  it('are not accepted by the configuration of somebody else', async () => {
    const verifier = new TokenVerifier(oidcRules({ issuer: `${provider.issuer}/other`, audience: 'chronicle' }));
    const foreign = signed(
      { issuer: `${provider.issuer}/other` },
      { alg: 'RS256', kid: 'k1', key: newKey('k1').privateKey },
    );
    await expect(verifier.verify(await foreign)).rejects.toEqual(refused('IDENTITY_PROVIDER_UNREACHABLE'));
  });
});
