/**
 * Reads YAML text of a config. Time and memory are proportional to the text: the nesting is counted before anything
 * walks it, aliases are refused before they are followed, and each key is looked up once. (The library compares every
 * key with all others, and quotes the text around each of thousands of errors.)
 */
import type * as Yaml from 'yaml';

/** Text that is no config; the message ends with line and column. */
export class YamlError extends Error {}

/** `depthMax`: maps and lists that may be inside each other. Throws `YamlError`. */
export async function parseYaml(text: string, depthMax: number): Promise<unknown> {
  const yaml = await import('yaml');
  const lines = new yaml.LineCounter();
  const tokens = tokensOf(yaml, lines, text, depthMax);
  const options = { version: '1.2', strict: true, uniqueKeys: false } as const;
  const [document, another] = new yaml.Composer(options).compose(tokens, true, text.length);
  if (document === undefined) return null;
  const [error] = document.errors;
  if (error !== undefined) throw yamlError(error.message, lines, error.pos[0]);
  if (another !== undefined) throw yamlError('it holds more than one document', lines, another.range[0]);
  requirePlain(yaml, lines, document);
  return document.toJS();
}

/** The parser keeps its open nodes on a stack of its own, but composing and converting them is recursive. */
function tokensOf(yaml: typeof Yaml, lines: Yaml.LineCounter, text: string, depthMax: number): Yaml.CST.Token[] {
  const tokens: Yaml.CST.Token[] = [];
  lines.addNewLine(0);
  const parser = new yaml.Parser(lines.addNewLine);
  for (const lexeme of new yaml.Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > depthMax && parser.stack.filter(isCollection).length > depthMax) {
      throw yamlError(`it is nested deeper than ${depthMax} levels (LIMIT_CONFIG_DEPTH)`, lines, parser.offset);
    }
  }
  for (const token of parser.end()) tokens.push(token);
  return tokens;
}

function isCollection({ type }: Yaml.CST.Token): boolean {
  return type === 'block-map' || type === 'block-seq' || type === 'flow-collection';
}

/** Refuses what JSON does not have: aliases, keys that are no text, and two values for one key. */
function requirePlain(yaml: typeof Yaml, lines: Yaml.LineCounter, document: Yaml.Document): void {
  yaml.visit(document, {
    Alias: (_key, { range }) => {
      throw yamlError('aliases are not allowed in configs; write the value out', lines, range?.[0]);
    },
    Map: (_key, { items }) => {
      const seen = new Set<string>();
      for (const { key } of items as Array<Yaml.Pair<Yaml.Node | null>>) {
        if (key !== null && !yaml.isScalar(key)) {
          const what = yaml.isAlias(key) ? 'aliases are not allowed in configs' : 'a key must be a text';
          throw yamlError(`${what}; write the value out`, lines, key.range?.[0]);
        }
        const name = String(key?.value ?? '');
        if (seen.has(name)) throw yamlError(`map keys must be unique: "${cut(name)}"`, lines, key?.range?.[0]);
        seen.add(name);
      }
    },
  });
}

function cut(name: string): string {
  return name.length > 100 ? `${name.slice(0, 100)}…` : name;
}

function yamlError(message: string, lines: Yaml.LineCounter, offset: number | undefined): YamlError {
  if (offset === undefined) return new YamlError(message);
  const { line, col } = lines.linePos(offset);
  return new YamlError(`${message} (line ${line}, column ${col})`);
}
