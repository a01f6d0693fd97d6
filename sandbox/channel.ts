import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JWK, JWTPayload } from 'jose';
import { sendJson, urlOf } from './http.ts';
import type { Issued } from './issued.ts';
import { createSigningKey, seconds } from './signing-key.ts';
import { botAppId } from './world.ts';

export const channelIssuer = 'https://api.botframework.com';
const metadataPath = '/v1/.well-known/openidconfiguration';
const keysPath = '/v1/.well-known/keys';

/** The Bot Framework as the sender of activities: its metadata, its keys, its signature. */
export interface Channel {
  readonly metadataUrl: string;
  /** As anybody finds it among its keys. */
  readonly publicKey: JWK;
  /** Answers whether the path was one of its own. */
  handle(req: IncomingMessage, res: ServerResponse): boolean;
  /** The token with which an activity of this service URL is delivered; claims may be overridden. */
  sign(serviceUrl: string, claims?: JWTPayload): Promise<string>;
}

export async function createChannel(
  origin: string,
  { issued, now = Date.now }: { readonly issued?: Issued; readonly now?: () => number } = {},
): Promise<Channel> {
  const key = await createSigningKey((token) => issued?.add('token of the channel', token));
  return {
    metadataUrl: `${origin}${metadataPath}`,
    publicKey: key.jwk,
    handle: (req, res) => {
      const { pathname } = urlOf(req);
      if (pathname === metadataPath) {
        sendJson(res, {
          status: 200,
          body: {
            issuer: channelIssuer,
            authorization_endpoint: 'https://invalid.botframework.com',
            jwks_uri: `${origin}${keysPath}`,
            id_token_signing_alg_values_supported: ['RS256'],
            token_endpoint_auth_methods_supported: ['private_key_jwt'],
          },
        });
        return true;
      }
      if (pathname !== keysPath) return false;
      sendJson(res, { status: 200, body: { keys: [{ ...key.jwk, endorsements: ['msteams'] }] } });
      return true;
    },
    sign: (serviceUrl, claims) => {
      const at = seconds(now());
      return key.sign({
        iss: channelIssuer,
        aud: botAppId,
        serviceurl: serviceUrl,
        nbf: at,
        exp: at + 3600,
        ...claims,
      });
    },
  };
}
