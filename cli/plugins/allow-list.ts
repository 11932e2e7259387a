/** The operator's list of plugins that are not built in: package, version and ids. */
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { problemsOf } from '../../core/config/problems.ts';
import { RelayError } from '../../core/errors.ts';
import { PLUGIN_ID_FORM } from '../../core/manifest.ts';
import { once } from '../../core/once.ts';
import { attempt } from '../../stores/embedded/file-errors.ts';

/** The setting that names the list. */
export const PLUGINS_SETTING = 'RELAY_PLUGINS_FILE';

const PACKAGE_NAME = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;
const EXACT_VERSION = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;
/** The most bytes of a list. */
const LIST_BYTES_MAX = 256 * 1024;

const allowedSchema = once(() =>
  z.strictObject({
    package: z.string().max(214).regex(PACKAGE_NAME, 'must be the name of a package'),
    version: z.string().regex(EXACT_VERSION, 'must be one exact version, such as "1.2.3"'),
    ids: z.array(z.string().regex(PLUGIN_ID_FORM, 'must be the id of a plugin')).min(1),
    /** The package's folder, relative to the list's, if it is not installed in `node_modules`. */
    path: z.string().min(1).optional(),
  }),
);

const listSchema = once(() => z.strictObject({ plugins: z.array(allowedSchema()).max(100) }));

/** A package that the operator allows. */
export type AllowedPackage = z.output<ReturnType<typeof allowedSchema>>;

export interface AllowList {
  file: string;
  /** Relative paths and `node_modules` are resolved from here. */
  folder: string;
  packages: AllowedPackage[];
}

/** Throws `setting_invalid` with every problem at once. */
export function readAllowList(file: string): AllowList {
  const parsed = parseJson(file, readText(file));
  const problems = problemsOf(listSchema(), parsed).map((problem) => `${problem.path}: ${problem.message}`);
  if (problems.length > 0) throw listInvalid(file, `it has problems: ${problems.join('; ')}`);
  const { plugins } = listSchema().parse(parsed);
  const names = plugins.map((entry) => entry.package);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw listInvalid(file, `it lists ${twice} twice; keep one entry, with all ids`);
  return { file, folder: path.dirname(path.resolve(file)), packages: plugins };
}

/** The error of a problem in the list, or in a package that it names. */
export function listInvalid(file: string, problem: string): RelayError {
  return new RelayError('setting_invalid', `${PLUGINS_SETTING} (${file}): ${problem}`);
}

function readText(file: string): string {
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size;
  if (size === undefined) throw listInvalid(file, 'there is no such file; correct the path, or unset the setting');
  if (size > LIST_BYTES_MAX) throw listInvalid(file, `it has ${size} bytes; the limit is ${LIST_BYTES_MAX}`);
  return attempt(`read ${file}`, () => fs.readFileSync(file, 'utf8'));
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw listInvalid(file, `it is not JSON: ${(error as Error).message}`);
  }
}
