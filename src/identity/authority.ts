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
