/** What was issued here and must never be read in the output of a bot: tokens, codes, secrets. */
export interface Issued {
  add(kind: string, secret: string): void;
  /** The kinds of what this text holds of it. */
  in(text: string): readonly string[];
  /** Looks at more of the output of a bot; what was issued so far is all that can be found. */
  read(output: string): void;
  /** The kinds that were found, each once. */
  readonly found: readonly string[];
}

/** Of each word only so much is kept: more than chance could repeat, and little enough for a million of them. */
const keptCharacters = 24;
/** The characters of base64url, hex and GUIDs: a dot ends a word, so each part of a token is one of its own. */
const words = /[\w-]{20,}/g;

export function createIssued(): Issued {
  const known = new Map<string, string>();
  const found = new Set<string>();
  const kindsIn = (text: string): readonly string[] => {
    const kinds = (text.match(words) ?? []).map((word) => known.get(keyOf(word)));
    return [...new Set(kinds.filter((kind) => kind !== undefined))];
  };
  return {
    in: kindsIn,
    add: (kind, secret) => {
      // The first part of a token is the same for all, and no secret.
      const parts = secret.startsWith('eyJ') ? secret.split('.').slice(1) : [secret];
      for (const part of parts) for (const word of part.match(words) ?? []) known.set(keyOf(word), kind);
    },
    read: (output) => {
      for (const kind of kindsIn(output)) found.add(kind);
    },
    get found() {
      return [...found];
    },
  };
}

function keyOf(word: string): string {
  return word.slice(0, keptCharacters);
}
