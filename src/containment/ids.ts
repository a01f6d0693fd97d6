/** Ids, parsed once at the edge; inside nobody checks them again. */

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** Opaque name of a request, `req_` and 22 characters of base64url: unguessable, safe in card data and in comments. */
export type RequestId = Branded<'RequestId'>;

/** Defender's device id: 40 hex characters, lower case. */
export type DeviceId = Branded<'DeviceId'>;

export function parseRequestId(text: unknown): RequestId | undefined {
  return typeof text === 'string' && /^[A-Za-z0-9_-]{22,64}$/.test(text) ? (text as RequestId) : undefined;
}

export function parseDeviceId(text: unknown): DeviceId | undefined {
  return typeof text === 'string' && /^[0-9a-f]{40}$/i.test(text)
    ? (text.toLowerCase() as DeviceId)
    : undefined;
}
