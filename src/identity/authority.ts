/** Addresses of Entra for one tenant; the host is a setting, so that national clouds and tests can differ. */
export function authorityOf(authorityHost: string, tenantId: string): string {
  return `${authorityHost.replace(/\/+$/, '')}/${encodeURIComponent(tenantId.toLowerCase())}`;
}

/** The only issuer that v2.0 tokens of this tenant bear. */
export function issuerOf(authorityHost: string, tenantId: string): string {
  return `${authorityOf(authorityHost, tenantId)}/v2.0`;
}

export function metadataUrlOf(authorityHost: string, tenantId: string): string {
  return `${issuerOf(authorityHost, tenantId)}/.well-known/openid-configuration`;
}

/** Entra ids are GUIDs, written in whatever case by different services. */
export function sameId(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

const loopback = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Whether an address that a metadata document names is on the host that was configured, so that no secret, sign-in or key
 * goes or comes by another. Its port may differ; the names of the loopback interface are one host.
 */
export function isOnHost(address: string, configured: string): boolean {
  const [found, wanted] = [URL.parse(address), URL.parse(configured)];
  if (found === null || wanted === null) return false;
  const isSame = found.hostname === wanted.hostname;
  const isLoopback = loopback.includes(found.hostname) && loopback.includes(wanted.hostname);
  // What was configured over TLS is not left for plain http, except on loopback, where nobody listens in between.
  const isSafe = found.protocol === 'https:' || (found.protocol === 'http:' && isLoopback);
  return isSafe && (isSame || isLoopback);
}
