/**
 * Calls the hooks of plugins. Whatever a hook does wrong becomes a `plugin_failed` that names plugin, hook and place.
 */
import { pluginFailed, RelayError } from './errors.ts';
import type { Manifest, NamedSideFile, PluginKind } from './plugin.ts';
import type { FileSelection, StrayError } from './ports/engine.ts';
import { didYouMean } from './text/suggest.ts';

export interface PluginName {
  kind: PluginKind;
  id: string;
}

/** The issue codes that a manifest lists, with their meanings. */
export type IssueCodes = Readonly<Record<string, string>>;

export const KIND_NAMES: Record<PluginKind, string> = {
  parser: 'parser',
  validator: 'validator',
  pricing: 'pricing rule',
  merge: 'merge strategy',
  output: 'output format',
};

/** Such as `check() of the validator "even" failed on row 3`. */
export function hookFailure(hook: string, plugin: PluginName, place = ''): string {
  return `${hookName(hook, plugin)} failed${place && ` on ${place}`}`;
}

/** Such as `check() of the validator "even"`. */
export function hookName(hook: string, { kind, id }: PluginName): string {
  return `${hook} of the ${KIND_NAMES[kind]} "${id}"`;
}

/** The error for code that one of these plugins started and did not wait for. */
export function strayFailure({ reason, origin }: StrayError, suspects: readonly PluginName[]): RelayError {
  const names = suspects.map(({ kind, id }) => `the ${KIND_NAMES[kind]} "${id}"`).join(' or ');
  if (origin === 'promise')
    return pluginFailed(`a promise that ${names} started, and did not wait for, was rejected`, reason);
  return pluginFailed(`a callback that ${names} left behind, as with a timer, threw`, reason);
}

/** True for a promise. Nobody waits for it, so it gets a handler: its rejection must not end the process. */
export function isStrayPromise(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || typeof (value as { then?: unknown }).then !== 'function')
    return false;
  Promise.resolve(value).catch(() => {});
  return true;
}

/** An object of a plugin before its members are checked. */
export type UncheckedObject = Record<string, unknown>;

/** Describes a wrong answer, for messages. */
export function answerName(value: unknown): string {
  if (isStrayPromise(value)) return 'a promise';
  if (value === undefined || value === null || Number.isNaN(value)) return String(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** Throws unless the answer is `undefined`. */
export function expectNothing(answer: unknown): void {
  if (answer !== undefined) throw new Error(`it returned ${answerName(answer)}; it must return nothing, at once`);
}

/** Throws unless code and reason of a report are texts. */
export function expectTexts(report: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(report)) {
    if (typeof value !== 'string' || value === '') throw new Error(`it reports ${answerName(value)} as ${name}`);
  }
}

/** Throws unless the manifest lists the code. */
export function expectListed(code: string, codes: IssueCodes, verb: string): void {
  const problem = unlistedCode(code, codes, verb);
  if (problem !== null) throw new Error(problem);
}

/**
 * Says what is wrong with a code; null if the manifest lists it. `verb` says what the plugin does with it, such as
 * `reports`.
 */
export function unlistedCode(code: string, codes: IssueCodes, verb: string): string | null {
  if (Object.hasOwn(codes, code)) return null;
  const known = Object.keys(codes);
  const listed = known.length === 0 ? 'there are none' : `there are: ${known.join(', ')}`;
  const near = didYouMean(code, known);
  return `it ${verb} "${code}", which its manifest does not list in codes${near}; ${listed}`;
}

/** Calls a hook that must answer at once; `problemOf` says what is wrong with the answer. */
export function callHook<T>(what: string, call: () => T, problemOf: (answer: T) => string | null): T {
  let answer: T;
  try {
    answer = call();
  } catch (error) {
    throw pluginFailed(what, error);
  }
  const problem = isStrayPromise(answer) ? 'it returned a promise; it must answer at once' : problemOf(answer);
  if (problem !== null) throw pluginFailed(what, problem);
  return answer;
}

/** The side files that a parser's options name. */
export function sideFilesOf(manifest: Manifest, options: unknown): readonly NamedSideFile[] {
  const call = () => manifest.sideFiles?.(options) ?? [];
  return callHook(hookFailure('sideFiles()', manifest), call, (files) => {
    const isFile = (one: NamedSideFile) => typeof one?.name === 'string' && typeof one.location?.type === 'string';
    return Array.isArray(files) && files.every(isFile)
      ? null
      : `it returned ${answerName(files)}; it must return a list of { name, location, path }`;
  });
}

/** Which files make up a parser's feed; null for the newest one. */
export function filesOf(manifest: Manifest, options: unknown): FileSelection | null {
  const call = () => manifest.files?.(options) ?? null;
  return callHook(hookFailure('files()', manifest), call, (files) => {
    const isGood = files === null || (typeof files.match === 'string' && files.withinMinutes !== undefined);
    return isGood ? null : `it returned ${answerName(files)}; it must return { match, withinMinutes } or null`;
  });
}

/** The problems that a manifest's `check`, `sideFiles` and `files` report, or cause, with valid options. */
export function checkOptions(manifest: Manifest, options: unknown, config: unknown, path: string) {
  try {
    const call = () => manifest.check?.(options, config, path) ?? [];
    const found = callHook(hookFailure('check()', manifest), call, (problems) => {
      const isProblem = (one: { path: string; message: string }) =>
        typeof one?.path === 'string' && typeof one.message === 'string';
      return Array.isArray(problems) && problems.every(isProblem)
        ? null
        : `it returned ${answerName(problems)}; it must return a list of { path, code, message }`;
    });
    if (found.length > 0) return found;
    sideFilesOf(manifest, options);
    filesOf(manifest, options);
    return [];
  } catch (error) {
    if (!(error instanceof RelayError)) throw error;
    return [{ path, code: error.code, message: error.message }];
  }
}
