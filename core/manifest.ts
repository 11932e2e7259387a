/** Checks a plugin's manifest before its code is loaded. A third party's plugin may have any shape. */
import type { z } from 'zod';
import { CANONICAL_COLUMNS, isCanonicalColumn } from './canonical.ts';
import { problemsOf } from './config/problems.ts';
import { CONTRACT_VERSION, type Manifest, PLUGIN_KINDS } from './plugin.ts';
import { answerName, checkOptions, type UncheckedObject } from './plugin-call.ts';
import { didYouMean } from './text/suggest.ts';

/** The form of a plugin's id. */
export const PLUGIN_ID_FORM = /^[a-z][a-z0-9_-]{0,62}$/;

/** The form of an issue code. */
export const ISSUE_CODE_FORM = /^[a-z][a-z0-9_]{0,62}$/;

/** Ids that a config cannot name: `merge.strategy` chooses the strategy, so no strategy can have that id. */
export const RESERVED_PLUGIN_IDS: Readonly<Record<string, readonly string[]>> = { merge: ['strategy'] };

/** All problems, each prefixed with the plugin's kind and id. */
export function pluginProblems(plugin: unknown): string[] {
  if (!isObject(plugin) || !isObject(plugin.manifest)) return ['a plugin must be an object with manifest and load'];
  const { manifest, load, problems: own } = plugin;
  const declared = typeof own === 'function' ? declarationProblems(own as () => unknown) : [];
  // the checks below can only rely on a declaration that is sound
  const problems =
    declared.length > 0
      ? declared
      : [
          ...keyProblems(manifest),
          ...kindProblems(manifest),
          ...identityProblems(manifest),
          ...contentProblems(manifest),
        ];
  if (declared.length === 0 && typeof load !== 'function') problems.push('load must be a function that loads the code');
  // the plugin's own code runs last: it may rely on the rest of the manifest
  if (problems.length === 0) problems.push(...codeProblems(manifest as unknown as Manifest));
  return problems.map((problem) => `${String(manifest.kind)}/${String(manifest.id)}: ${problem}`);
}

/** Problems that the plugin itself reports about its declaration. */
function declarationProblems(own: () => unknown): string[] {
  try {
    const found = own();
    return Array.isArray(found) ? found.map(String) : ['problems() must return a list of texts'];
  } catch (error) {
    return [`problems() failed: ${error instanceof Error ? error.message : error}`];
  }
}

const MANIFEST_KEYS: Record<keyof Manifest, true> = {
  kind: true,
  id: true,
  version: true,
  contract: true,
  summary: true,
  options: true,
  example: true,
  codes: true,
  signs: true,
  reads: true,
  check: true,
  sideFiles: true,
  files: true,
};

/** A misspelled key would otherwise be ignored in silence. */
function keyProblems(manifest: UncheckedObject): string[] {
  const known = Object.keys(MANIFEST_KEYS);
  const odd = Object.keys(manifest).filter((key) => !known.includes(key));
  return odd.map((key) => `${key} is not a key of a manifest${didYouMean(key, known)}`);
}

/** Keys that mean something for some kinds alone. */
const KINDS_WITH: Partial<Record<keyof Manifest, readonly string[]>> = {
  signs: ['parser'],
  sideFiles: ['parser'],
  files: ['parser'],
  reads: ['pricing', 'merge'],
};

/** A key that belongs to another kind would be ignored in silence, too. */
function kindProblems(manifest: UncheckedObject): string[] {
  return Object.entries(KINDS_WITH).flatMap(([key, kinds]) => {
    if (manifest[key] === undefined || !isKind(manifest.kind) || kinds.includes(manifest.kind)) return [];
    return [
      `${key} is for plugins of the kind ${kinds.join(' or ')}, and means nothing in a plugin of the kind ${manifest.kind}`,
    ];
  });
}

function isKind(kind: unknown): kind is string {
  return (PLUGIN_KINDS as readonly unknown[]).includes(kind);
}

/**
 * Runs `check`, `sideFiles` and `files` on the example. Reports only mistakes of the plugin: there is no config for
 * `check` to judge.
 */
function codeProblems(manifest: Manifest): string[] {
  const found = checkOptions(manifest, manifest.options.parse(manifest.example), {}, 'options');
  return found.filter(({ code }) => ['plugin_failed', 'plugin_invalid'].includes(code)).map(({ message }) => message);
}

function identityProblems({ kind, id, version, contract, summary }: UncheckedObject): string[] {
  const problems: string[] = [];
  if (!isKind(kind)) {
    problems.push(`kind must be one of ${PLUGIN_KINDS.join(', ')}${didYouMean(String(kind), PLUGIN_KINDS)}`);
  }
  if (typeof id !== 'string' || !PLUGIN_ID_FORM.test(id))
    problems.push(
      `id is ${JSON.stringify(id)}; it must begin with a small letter, and have small letters, digits, _ and - alone, 63 at most`,
    );
  else if (RESERVED_PLUGIN_IDS[String(kind)]?.includes(id))
    problems.push('the config itself uses this id; choose another');
  if (contract !== CONTRACT_VERSION) {
    problems.push(
      `made for contract ${String(contract)}, this is contract ${CONTRACT_VERSION}; use a release of the plugin made for it`,
    );
  }
  if (typeof version !== 'string' || version === '') problems.push('version is missing');
  if (typeof summary !== 'string' || /^$|\n/.test(summary)) problems.push('summary must be one line');
  return problems;
}

function contentProblems({
  options,
  example,
  codes = {},
  reads = [],
  check,
  sideFiles,
  files,
}: UncheckedObject): string[] {
  const problems: string[] = [];
  if (!Array.isArray(reads)) problems.push('reads must be a list of canonical columns');
  else {
    for (const column of reads.map(String)) {
      if (!isCanonicalColumn(column))
        problems.push(
          `reads names "${column}", which is not a canonical column${didYouMean(column, CANONICAL_COLUMNS)}`,
        );
    }
  }
  if (!isObject(codes) || Array.isArray(codes)) problems.push('codes must be an object, code to meaning');
  else {
    for (const [code, meaning] of Object.entries(codes)) {
      if (!ISSUE_CODE_FORM.test(code)) problems.push(`code "${code}" must match ${ISSUE_CODE_FORM.source}`);
      if (typeof meaning !== 'string' || meaning === '') problems.push(`code "${code}" must have a meaning`);
    }
  }
  for (const [name, value] of Object.entries({ check, sideFiles, files })) {
    if (value !== undefined && typeof value !== 'function') problems.push(`${name} must be a function`);
  }
  return [...problems, ...exampleProblems(options, example)];
}

function exampleProblems(options: unknown, example: unknown): string[] {
  if (!isObject(options) || typeof options.safeParse !== 'function')
    return [`options is ${answerName(options)}; it must be a zod schema, such as z.strictObject({})`];
  if (example === undefined) return ['example is missing; it is options that load, such as {}'];
  try {
    const problems = problemsOf(options as unknown as z.ZodType, example, 'example');
    return problems.map(({ path, message }) => `its example does not load: ${path}: ${message}`);
  } catch (error) {
    return [`its example does not load: ${error instanceof Error ? error.message : error}`];
  }
}

function isObject(value: unknown): value is UncheckedObject {
  return typeof value === 'object' && value !== null;
}
