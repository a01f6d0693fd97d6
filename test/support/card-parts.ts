/** Reads a rendered card the way a person or a client does: by its elements, wherever they stand. */
export type CardElement = Readonly<Record<string, unknown>>;

/** Every object of the card, in the order of the text. */
function elementsOf(value: unknown): CardElement[] {
  if (Array.isArray(value)) return value.flatMap(elementsOf);
  if (typeof value !== 'object' || value === null) return [];
  const element = value as CardElement;
  return [element, ...Object.values(element).flatMap(elementsOf)];
}

export function ofType(card: { readonly body: unknown }, type: string): CardElement[] {
  return elementsOf(card.body).filter((element) => element['type'] === type);
}

/** What each text element says; a RichTextBlock is one text. */
export function textsOf(card: { readonly body: unknown }): string[] {
  return elementsOf(card.body).flatMap((element) => {
    if (element['type'] === 'TextBlock') return [String(element['text'])];
    if (element['type'] === 'RichTextBlock') {
      return [
        elementsOf(element['inlines'])
          .map((run) => String(run['text']))
          .join(''),
      ];
    }
    return [];
  });
}

export function verbsOf(card: { readonly body: unknown }): string[] {
  return ofType(card, 'Action.Execute').map((action) => String(action['verb']));
}
