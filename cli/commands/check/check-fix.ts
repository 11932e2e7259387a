/**
 * `relay check --fix`: makes the corrections that the check itself suggests, where there is only one: a misspelled key,
 * plugin, column, vendor or word. It replaces these words in the text and nothing else, so that comments, order and
 * layout stay.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Node, Pair } from 'yaml';
import { parseYaml, YamlError } from '../../../api/config/yaml-text.ts';
import { checkConfig } from '../../../core/config/check.ts';
import type { ConfigProblem } from '../../../core/plugin.ts';
import type { Registry } from '../../../core/registry.ts';
import { attempt } from '../../../stores/embedded/file-errors.ts';
import type { BaseSettings } from '../../settings.ts';

export interface Fix {
  /** The path of the problem. */
  path: string;
  from: string;
  to: string;
}

/** A corrected key may reveal problems below it, so the check runs again. */
const ROUNDS_MAX = 20;
const SUGGESTED = /\(did you mean "([^"]+)"\?\)(?:$|;)/;
const KEY_CODES: ReadonlySet<string> = new Set(['unknown_key', 'unknown_column']);

interface Edit extends Fix {
  start: number;
  end: number;
}

/** Writes the file if something was corrected. `file` is a config that can be read. */
export async function fixConfig(file: string, registry: Registry, settings: BaseSettings): Promise<Fix[]> {
  let text = attempt(`read ${file}`, () => fs.readFileSync(file, 'utf8'));
  const fixes: Fix[] = [];
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const problems = (await problemsOf(text, registry, settings)) ?? [];
    const edits = await editsOf(text, problems);
    const next = applied(text, edits);
    const left = edits.length === 0 ? null : await problemsOf(next, registry, settings);
    if (left === null || left.length >= problems.length) break;
    text = next;
    fixes.push(...edits.map(({ path: at, from, to }) => ({ path: at, from, to })));
  }
  if (fixes.length > 0) replace(file, text);
  return fixes;
}

/** Null for a text that is neither YAML nor JSON. */
async function problemsOf(
  text: string,
  registry: Registry,
  settings: BaseSettings,
): Promise<readonly ConfigProblem[] | null> {
  try {
    const checked = checkConfig(await parseYaml(text, settings.configDepthMax), registry, {
      ...settings,
      problemsMax: Number.MAX_SAFE_INTEGER,
    });
    return checked.ok ? [] : checked.problems;
  } catch (error) {
    if (error instanceof YamlError) return null;
    throw error;
  }
}

async function editsOf(text: string, problems: readonly ConfigProblem[]): Promise<Edit[]> {
  const suggested = problems.flatMap((problem) => {
    const to = SUGGESTED.exec(problem.message)?.[1];
    return to === undefined ? [] : [{ ...problem, to }];
  });
  if (suggested.length === 0) return [];
  const { parseDocument } = await import('yaml');
  const { contents } = parseDocument(text, { version: '1.2', uniqueKeys: false });
  const edits = suggested.flatMap((problem) => {
    const found = nodeAt(contents, problem.path);
    if (found === null) return [];
    const { pair, parent } = found;
    const value = pair === null ? found.node : (pair.value as Node | null);
    const isKey = KEY_CODES.has(problem.code) || !isText(value);
    const node = isKey ? (pair?.key as Node | null | undefined) : value;
    // the correct key exists too: it is not clear which one counts
    if (isKey && (parent ?? []).some((one) => textOf(one.key as Node) === problem.to)) return [];
    if (node === null || node === undefined || !isText(node) || node.range == null) return [];
    const [start, end] = node.range;
    return [{ path: problem.path, from: textOf(node) ?? '', to: problem.to, start, end }];
  });
  // two problems with the same word need one edit
  return edits.filter((one, i) => edits.findIndex(({ start }) => start === one.start) === i);
}

interface FoundEntry {
  /** The entry of a map; null for an item of a list. */
  pair: Pair | null;
  /** The entries of the map that contains it. */
  parent: readonly Pair[] | null;
  node: Node | null;
}

/** The node at a path such as `vendors[0].parser.format`; null if a key in the path contains a point. */
function nodeAt(root: unknown, at: string): FoundEntry | null {
  let node = root as (Node & { items?: unknown[] }) | null;
  let found: FoundEntry | null = null;
  for (const [, key, index] of at.matchAll(/(?:^|\.)([^.[\]]+)|\[(\d+)\]/g)) {
    const items = node?.items;
    if (items === undefined) return null;
    if (index !== undefined) {
      node = (items[Number(index)] ?? null) as Node | null;
      found = { pair: null, parent: null, node };
      continue;
    }
    const pairs = items as Pair[];
    const pair = pairs.find((one) => textOf(one.key as Node) === key);
    if (pair === undefined) return null;
    node = pair.value as Node | null;
    found = { pair, parent: pairs, node };
  }
  return found;
}

function isText(node: Node | null | undefined): boolean {
  return node != null && 'value' in node && typeof node.value === 'string';
}

function textOf(node: Node | null): string | null {
  return node !== null && isText(node) ? (node as unknown as { value: string }).value : null;
}

/** Keeps a word's quotes. */
function applied(text: string, edits: readonly Edit[]): string {
  let next = text;
  for (const { start, end, to } of [...edits].sort((a, b) => b.start - a.start)) {
    const quote = /^["']/.exec(text.slice(start, end))?.[0] ?? (/^[A-Za-z_][\w-]*$/.test(to) ? '' : '"');
    next = `${next.slice(0, start)}${quote}${to}${quote}${next.slice(end)}`;
  }
  return next;
}

/** Replaces the file in one step, so that nobody sees half a config. */
function replace(file: string, text: string): void {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.part`);
  attempt(`write ${file}`, () => {
    fs.writeFileSync(temporary, text, { mode: fs.statSync(file).mode });
    fs.renameSync(temporary, file);
  });
}
