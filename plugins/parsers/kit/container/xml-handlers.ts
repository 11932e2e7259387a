/** The handlers that readers of XML call. Names come without prefixes. */

export interface XmlHandlers {
  open?(name: string, attributes: Attributes): void;
  close?(name: string): void;
  text?(text: string): void;
}

/** An attribute by its name without a prefix; `id` of `r:id` is found by `prefixed`. */
export interface Attributes {
  get(name: string): string | undefined;
  prefixed(name: string): string | undefined;
}
