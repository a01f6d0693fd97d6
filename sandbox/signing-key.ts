import { randomUUID } from 'node:crypto';
import type { JWK, JWTPayload, JWTVerifyOptions } from 'jose';
import { exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';

export interface SigningKey {
  readonly kid: string;
  /** The public half, as it stands in a JWKS. */
  readonly jwk: JWK;
  sign(claims: JWTPayload): Promise<string>;
  /** The claims of a token of this key; throws when signature, time or the given rules do not hold. */
  verify(token: string, rules?: JWTVerifyOptions): Promise<JWTPayload>;
}

/** `onSigned` gets every token that this key signs. */
export async function createSigningKey(onSigned?: (token: string) => void): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const kid = randomUUID();
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' };
  return {
    kid,
    jwk,
    sign: async (claims) => {
      const token = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid })
        .sign(privateKey);
      onSigned?.(token);
      return token;
    },
    verify: async (token, rules) => {
      const { payload } = await jwtVerify(token, publicKey, { algorithms: ['RS256'], ...rules });
      return payload;
    },
  };
}

export function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
