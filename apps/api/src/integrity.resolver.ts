import { Field, Int, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { SealFolder } from '#integrity/seal-folder.js';
import { Allow } from '#platform/access/allow.js';
import { InstantScalar } from '#platform/graphql/scalars.js';

/** Where the heads of logs are kept. */
export class HeadsFolder {
  constructor(readonly path: string) {}
}

@ObjectType({
  description: 'The newest signed head of the tree over the whole log (默克尔树签名根): what auditors compare.',
})
class Integrity {
  @Field(() => Int, { description: 'So many events, from the first on, it covers (事件数).' })
  size: number;

  @Field(() => String, {
    description: 'The root of the tree over their hashes (根哈希), RFC 6962, SHA-256 in base64url.',
  })
  rootHash: string;

  @Field(() => InstantScalar, { description: 'When it was signed (签署时间).' })
  signedAt: string;

  @Field(() => String, { description: 'The fingerprint of the key that signed (密钥指纹), SHA-256 in hex.' })
  key: string;

  @Field(() => String, { description: 'The Ed25519 signature (签名), as docs/verification.md says.' })
  signature: string;
}

@Resolver()
export class IntegrityResolver {
  constructor(private readonly folder: HeadsFolder) {}

  @Allow('events.read')
  @Query(() => Integrity, {
    nullable: true,
    description:
      'The newest signed tree head that is kept on this machine (完整性); null where nothing was sealed. `crm verify` checks the log against it.',
  })
  integrity(): Integrity | null {
    const [folder, ...others] = SealFolder.in(this.folder.path);
    return (others.length === 0 && folder?.lastHead()) || null;
  }
}
