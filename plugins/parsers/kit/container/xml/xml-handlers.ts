/** The handlers that readers of XML call. Names come without prefixes. */

export interface XmlHandlers {
  open?(name: string, attributes: Attributes): void;
  close?(name: string): void;
  text?(text: string): void;
  /**
   * Takes what it can from `at` on, which is the start of a text or a tag inside an element; returns where it stopped. That must be
   * texts and whole elements, well-formed and at most 32 deep, and a place between tags. What it leaves, the other handlers get.
   */
  bulk?(bytes: Uint8Array, at: number): number;
  /** True if `bulk` wants to see what it left again, with the bytes that follow. */
  readonly isWaiting?: boolean;
}

/** An attribute by its name without a prefix; `id` of `r:id` is found by `prefixed`. */
export interface Attributes {
  get(name: string): string | undefined;
  prefixed(name: string): string | undefined;
}
