/**
 * Reads the YAML that configs are written in, without the library, which takes longer to load and to use than a check of the config: maps and lists by
 * indentation or, within a line, in brackets; simple keys; texts and numbers on one line; comments. Anything else, and each error, is the library's.
 */

/** Signs that are the library's: tabs, carriage returns, other controls and white space, marks, and signs beyond 16 bits. */
const UNUSUAL_SIGN =
  /[^\n -~\u00a1-\u167f\u1681-\u1fff\u2010-\u2027\u2030-\u205e\u2070-\u2fff\u3001-\ud7ff\ue000-\ufdff\uff01-\uffef]/;
const KEY =
  /^(?:([A-Za-z_\u00a1-\uffef][A-Za-z0-9_. /\u00a1-\uffef-]{0,99})(?<! )|"([^"\\]{0,99})"|'([^']{0,99})'):(?: +|$)/;
const FLOW_KEY =
  /(?:([A-Za-z_\u00a1-\uffef][A-Za-z0-9_. /\u00a1-\uffef-]{0,99})(?<! )|"([^"\\]{0,99})"|'([^']{0,99})'): +/y;
const PLAIN = /^[A-Za-z0-9_./+\u00a1-\uffef-]/;
const FLOW_PLAIN = /[A-Za-z0-9_.+\u00a1-\uffef-][A-Za-z0-9_.+%/ \u00a1-\uffef-]*/y;
const DOUBLE_QUOTED = /"([^"\\]*(?:\\["\\/nt][^"\\]*)*)"/y;
const SINGLE_QUOTED = /'([^']*(?:''[^']*)*)'/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t' };
/** After a value: nothing, or a comment. */
const END = /^(?: *$| +#)/;

/** Texts that mean another value, in YAML 1.2. */
const WORDS = new Map<string, boolean | null>([
  ...['null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
]);
const INTEGER = /^[-+]?[0-9]+$/;
const DECIMAL = /^[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)$/;
/** `2024-05-01` and `17in` are texts; what looks more like a number is the library's. */
const TEXT_WITH_DIGITS = /^[1-9][0-9]*[^0-9.eE]/;

/** Thrown for what is the library's. */
const UNUSUAL = Symbol('unusual');

/** Null for a text that only the library reads. `depthMax`: maps and lists that may be inside each other. */
export function readPlainYaml(text: string, depthMax: number): { value: unknown } | null {
  const lines = text.replaceAll('\r\n', '\n');
  if (UNUSUAL_SIGN.test(lines)) return null;
  try {
    return { value: new Blocks(lines, depthMax).read() };
  } catch (error) {
    if (error === UNUSUAL) return null;
    throw error;
  }
}

interface ConfigLine {
  indent: number;
  text: string;
}

class Blocks {
  readonly #lines: ConfigLine[] = [];
  readonly #depthMax: number;
  #at = 0;
  #depth = 0;

  constructor(text: string, depthMax: number) {
    this.#depthMax = depthMax;
    for (const line of text.split('\n')) {
      const bare = line.trimEnd();
      const start = bare.trimStart();
      if (start !== '' && !start.startsWith('#')) this.#lines.push({ indent: bare.length - start.length, text: start });
    }
  }

  read(): unknown {
    if (this.#lines[0]?.indent !== 0 || isItem(this.#lines[0].text)) throw UNUSUAL;
    const value = this.#map(0);
    if (this.#at < this.#lines.length) throw UNUSUAL;
    return value;
  }

  #block(indent: number): unknown {
    return isItem(this.#lines[this.#at]?.text ?? '') ? this.#list(indent) : this.#map(indent);
  }

  #map(indent: number): Record<string, unknown> {
    this.#enter();
    const map: Record<string, unknown> = {};
    for (let line = this.#lines[this.#at]; line?.indent === indent; line = this.#lines[this.#at]) {
      const found = KEY.exec(line.text);
      if (found === null) throw UNUSUAL;
      const value = this.#value(line.text.slice(found[0].length), indent, true);
      put(map, groupOf(found), value);
    }
    this.#leave(indent);
    return map;
  }

  #list(indent: number): unknown[] {
    this.#enter();
    const list: unknown[] = [];
    for (let line = this.#lines[this.#at]; line?.indent === indent && isItem(line.text); line = this.#lines[this.#at]) {
      const rest = line.text.slice(1).trimStart();
      if (KEY.test(rest)) {
        const inside = indent + line.text.length - rest.length;
        this.#lines[this.#at] = { indent: inside, text: rest };
        list.push(this.#map(inside));
      } else list.push(this.#value(rest, indent, false));
    }
    this.#leave(indent);
    return list;
  }

  /** What is behind a key or dash, or below it. */
  #value(text: string, indent: number, isOfMap: boolean): unknown {
    this.#at++;
    const next = this.#lines[this.#at];
    if (text === '' || text.startsWith('#')) {
      if (next === undefined || next.indent < indent) return null;
      if (next.indent > indent) return this.#block(next.indent);
      return isOfMap && isItem(next.text) ? this.#list(indent) : null;
    }
    // a value of several lines
    if (next !== undefined && next.indent > indent) throw UNUSUAL;
    return /^["'[{]/.test(text) ? this.#inLine(text) : plain(withoutComment(text));
  }

  /** Text in quotes, or a map or list in brackets. */
  #inLine(text: string): unknown {
    const flow = new Flow(text, this.#depthMax - this.#depth);
    const value = flow.value();
    if (!END.test(text.slice(flow.at))) throw UNUSUAL;
    return value;
  }

  #enter(): void {
    this.#depth++;
    if (this.#depth > this.#depthMax) throw UNUSUAL;
  }

  #leave(indent: number): void {
    this.#depth--;
    if ((this.#lines[this.#at]?.indent ?? 0) > indent) throw UNUSUAL;
  }
}

/** Values within a line. */
class Flow {
  at = 0;
  readonly #text: string;
  #depthLeft: number;

  constructor(text: string, depthLeft: number) {
    this.#text = text;
    this.#depthLeft = depthLeft;
  }

  value(): unknown {
    switch (this.#text[this.at]) {
      case '[':
        return this.#list();
      case '{':
        return this.#map();
      case '"':
        return this.#take(DOUBLE_QUOTED).replace(/\\(.)/g, (_, sign: string) => ESCAPES[sign] ?? sign);
      case "'":
        return this.#take(SINGLE_QUOTED).replaceAll("''", "'");
      default:
        return plain(this.#take(FLOW_PLAIN).trimEnd());
    }
  }

  #list(): unknown[] {
    const list: unknown[] = [];
    this.#each(']', () => list.push(this.value()));
    return list;
  }

  #map(): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    this.#each('}', () => put(map, this.#take(FLOW_KEY), this.value()));
    return map;
  }

  #each(end: string, read: () => void): void {
    this.#depthLeft--;
    if (this.#depthLeft < 0) throw UNUSUAL;
    this.at++;
    for (this.#skipSpaces(); this.#text[this.at] !== end; this.#skipSpaces()) {
      read();
      this.#skipSpaces();
      if (this.#text[this.at] === ',') this.at++;
      else if (this.#text[this.at] !== end) throw UNUSUAL;
    }
    this.at++;
    this.#depthLeft++;
  }

  #skipSpaces(): void {
    while (this.#text[this.at] === ' ') this.at++;
  }

  /** What the expression finds here. */
  #take(expression: RegExp): string {
    expression.lastIndex = this.at;
    const found = expression.exec(this.#text);
    if (found === null) throw UNUSUAL;
    this.at = expression.lastIndex;
    return groupOf(found);
  }
}

/** The group that was found; all, for an expression without groups. */
function groupOf(found: RegExpExecArray): string {
  return found[1] ?? found[2] ?? found[3] ?? found[0];
}

function isItem(text: string): boolean {
  return text === '-' || text.startsWith('- ');
}

function withoutComment(text: string): string {
  const at = text.indexOf(' #');
  return at < 0 ? text : text.slice(0, at).trimEnd();
}

function put(map: Record<string, unknown>, key: string, value: unknown): void {
  // twice, or a name that objects have
  if (key in map || WORDS.has(key)) throw UNUSUAL;
  map[key] = value;
}

/** A value without quotes. */
function plain(text: string): string | number | boolean | null {
  if (!PLAIN.test(text) || text.includes(': ') || text.endsWith(':')) throw UNUSUAL;
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (!/^[0-9.+-]/.test(text)) return text;
  if (INTEGER.test(text)) return Number.parseInt(text, 10);
  if (DECIMAL.test(text)) return Number.parseFloat(text);
  if (TEXT_WITH_DIGITS.test(text)) return text;
  throw UNUSUAL;
}
