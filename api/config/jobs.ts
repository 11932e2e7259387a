/**
 * Work on tenants' configs that grows with their size. A config of 256 KB may take a third of a second, so the process
 * that answers requests sends large ones to another process, and gets plain data back.
 */
import { filesOf } from '../../core/plugin-call.ts';
import type { Registry } from '../../core/registry.ts';
import { parserOf } from './parser-of.ts';
import { type ConfigReport, type ConfigRules, reportOn } from './tenant-config.ts';
import { parseYaml, YamlError } from './yaml-text.ts';

export type ConfigJob =
  /** A whole config, as JSON text. */
  | { type: 'check'; text: string; rules: ConfigRules }
  /** A vendor of a config, as JSON text: which files are its feed. */
  | { type: 'match'; text: string }
  /** A config as YAML text, with the depth that it may have. */
  | { type: 'yaml'; text: string; depthMax: number };

export interface ConfigJobResults {
  check: ConfigReport;
  /** The pattern in `files.match`, if there is one. */
  match: string | null;
  yaml: YamlResult;
}

/** As JSON text, or what is wrong with the YAML. */
export type YamlResult = { json: string; problem: null } | { json: null; problem: string };

/**
 * Does the work elsewhere. `owner` asked for it: each owner has a fair share. Throws `RelayError` with the recovery
 * `retry` if the work cannot be done now, and `RATE_LIMITED` if too much of the owner's waits.
 */
export type ConfigJobs = <Job extends ConfigJob>(job: Job, owner: string) => Promise<ConfigJobResults[Job['type']]>;

export async function doConfigJob(job: ConfigJob, registry: Registry): Promise<ConfigJobResults[ConfigJob['type']]> {
  if (job.type === 'yaml') return jsonOfYaml(job.text, job.depthMax);
  const value: unknown = JSON.parse(job.text);
  return job.type === 'check' ? reportOn(value, job.rules, registry) : matchOf(value, registry);
}

export async function jsonOfYaml(text: string, depthMax: number): Promise<YamlResult> {
  try {
    return { json: JSON.stringify(await parseYaml(text, depthMax)), problem: null };
  } catch (error) {
    if (error instanceof YamlError) return { json: null, problem: error.message };
    throw error;
  }
}

export function matchOf(vendor: unknown, registry: Registry): string | null {
  const parser = parserOf(vendor, registry);
  return parser === null ? null : (filesOf(parser.manifest, parser.options)?.match ?? null);
}
