/** Plain JSON, as it goes over the wire. */
export type JsonValue = string | number | boolean | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** A card ready to be sent; nothing in it is a template any more. */
export interface AdaptiveCardJson extends JsonObject {
  readonly type: 'AdaptiveCard';
  readonly version: string;
  readonly body: readonly JsonObject[];
}
