/** How deep JSON text is nested, found before anything parses or walks it. */
const [QUOTE, BACKSLASH, BRACKET, BRACE] = [0x22, 0x5c, 0x5b, 0x7b];

/** The deepest nesting of brackets of JSON text, outside strings. It bounds the recursion of all code that walks the value. */
export function jsonDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (quoted) {
      if (char === BACKSLASH) i++;
      else if (char === QUOTE) quoted = false;
    } else if (char === QUOTE) quoted = true;
    else if (char === BRACKET || char === BRACE) {
      if (++depth > deepest) deepest = depth;
    } else if (char === BRACKET + 2 || char === BRACE + 2) depth--;
  }
  return deepest;
}
