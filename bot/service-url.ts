/** Whether activities, and with them the bot's own token, may be sent to this address. */
export type ServiceUrlRule = (serviceUrl: string) => boolean;

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
const MAX_LENGTH = 2048;
/** Visible ASCII, and nothing that a parser may read differently from the one that later builds the request. */
const PLAIN_ADDRESS = /^https?:\/\/(?:(?![\\@?#])[!-~])+$/i;

/**
 * Entries are `host` (its default port; any port on loopback), `host:port`, or `.domain` / `*.domain` for all
 * hosts below it. Look-alikes do not match: URL() turns every spelling into ASCII before the comparison.
 */
export function createServiceUrlRule(trustedHosts: readonly string[]): ServiceUrlRule {
  const entries = trustedHosts.map((host) => host.trim().toLowerCase()).filter((host) => host !== '');
  const exact = new Set(entries);
  const suffixes = entries.filter((host) => /^\*?\./.test(host)).map((host) => host.replace(/^\*/, ''));

  return (serviceUrl) => {
    const url = parsed(serviceUrl);
    if (url === undefined || url.username !== '' || url.password !== '') return false;
    const loopback = LOOPBACK.has(url.hostname);
    const listed = exact.has(url.host) || (loopback && exact.has(url.hostname));
    if (url.protocol === 'http:') return loopback && listed;
    return listed || (url.port === '' && suffixes.some((suffix) => isBelow(url.hostname, suffix)));
  };
}

/** Teams writes the same address with and without the slash at the end. */
export function sameServiceUrl(a: string, b: string): boolean {
  return a.replace(/\/$/, '') === b.replace(/\/$/, '');
}

function parsed(serviceUrl: string): URL | undefined {
  if (serviceUrl.length > MAX_LENGTH || !PLAIN_ADDRESS.test(serviceUrl)) return undefined;
  return URL.parse(serviceUrl) ?? undefined;
}

function isBelow(hostname: string, suffix: string): boolean {
  return hostname.endsWith(suffix) && hostname.length > suffix.length;
}
