import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { ManagedIdentityApplication, type NodeAuthOptions } from '@azure/msal-node';
import { IdentityError } from './errors.ts';
import { createMsalNetwork, SILENT_LOGGER } from './msal-network.ts';

/** How the bot proves to Entra that it is the bot. */
export type BotCredential =
  | SecretCredential
  /** PEM that holds the certificate (with its chain, if any) and its private key. */
  | { readonly kind: 'certificate'; readonly file: string }
  /** Workload identity: the platform renews the token in this file. */
  | { readonly kind: 'federated-token-file'; readonly file: string }
  /** User-assigned managed identity that the app registration trusts through a federated credential. */
  | ManagedIdentityCredential;

interface SecretCredential {
  readonly kind: 'secret';
  readonly secret: string;
  /** The file it came from as BOT_APP_SECRET: whoever rotates the secret writes the next one there. */
  readonly envFile?: string;
}

interface ManagedIdentityCredential {
  readonly kind: 'managed-identity';
  readonly clientId: string;
  /** What Entra of this cloud demands of a token that serves as a client assertion. */
  readonly audience: string;
}

export type MsalCredential = Pick<NodeAuthOptions, 'clientSecret' | 'clientCertificate' | 'clientAssertion'>;

export interface CredentialSource {
  /** Read anew for every token request, so that a renewed file or certificate needs no restart. */
  read(): Promise<MsalCredential>;
}

const MANAGED_IDENTITY_TIMEOUT_MS = 5_000;

/** `onSecret` gets every secret that comes in later, before it is used: the log must hide it. */
export function createCredentialSource(
  credential: BotCredential,
  onSecret: (secret: string) => void = () => undefined,
): CredentialSource {
  switch (credential.kind) {
    case 'secret':
      return secretSource(credential, onSecret);
    case 'certificate':
      return { read: async () => ({ clientCertificate: certificateOf(await readText(credential.file)) }) };
    case 'federated-token-file':
      return { read: async () => ({ clientAssertion: assertionOf(await readText(credential.file)) }) };
    case 'managed-identity':
      return managedIdentitySource(credential);
  }
}

function secretSource(
  { secret, envFile }: SecretCredential,
  onSecret: (secret: string) => void,
): CredentialSource {
  if (envFile === undefined) return { read: () => Promise.resolve({ clientSecret: secret }) };
  let last = secret;
  return {
    read: async () => {
      last = (await secretIn(envFile)) ?? last;
      onSecret(last);
      return { clientSecret: last };
    },
  };
}

/** Undefined when there is none to be read: while a file is being replaced the last secret serves on. */
async function secretIn(envFile: string): Promise<string | undefined> {
  const text = await readFile(envFile, 'utf8').catch(() => '');
  const secret = parseEnv(text)['BOT_APP_SECRET'];
  return secret === '' ? undefined : secret;
}

function certificateOf(pem: string): NonNullable<MsalCredential['clientCertificate']> {
  try {
    const key = createPrivateKey(pem);
    const chain = (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
      (block) => new X509Certificate(block),
    );
    const leaf = chain.find((certificate) => certificate.checkPrivateKey(key));
    if (leaf === undefined) throw new IdentityError('credential-unreadable', { detail: 'no certificate' });
    // Entra wants the leaf first; files are found in both orders.
    const ordered = [leaf, ...chain.filter((certificate) => certificate !== leaf)];
    return {
      thumbprintSha256: leaf.fingerprint256.replaceAll(':', ''),
      privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
      x5c: ordered.map((certificate) => certificate.toString()).join('\n'),
    };
  } catch (error) {
    throw error instanceof IdentityError ? error : new IdentityError('credential-unreadable');
  }
}

function assertionOf(text: string): string {
  const assertion = text.trim();
  if (assertion === '') throw new IdentityError('credential-unreadable', { detail: 'empty file' });
  return assertion;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new IdentityError('credential-unreadable', { cause: error });
  }
}

function managedIdentitySource({ clientId, audience }: ManagedIdentityCredential): CredentialSource {
  // One instance for the process: it keeps the platform's token for its lifetime (hours).
  const identity = new ManagedIdentityApplication({
    managedIdentityIdParams: { userAssignedClientId: clientId },
    system: {
      networkClient: createMsalNetwork({ timeoutMs: MANAGED_IDENTITY_TIMEOUT_MS }).module,
      loggerOptions: SILENT_LOGGER,
      // Its own retries take longer than a click may; whoever calls us tries again.
      disableInternalRetries: true,
    },
  });
  return {
    read: async () => {
      try {
        const { accessToken } = await identity.acquireToken({ resource: audience });
        return { clientAssertion: assertionOf(accessToken) };
      } catch (error) {
        throw new IdentityError('app-token-unavailable', { cause: error, detail: 'managed identity' });
      }
    },
  };
}
