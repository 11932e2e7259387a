/** Reports in the folders of earlier runs. */
import fs from 'node:fs';
import path from 'node:path';
import { PATHS } from '../../core/pipeline/artifacts.ts';
import { storedValue } from '../../core/pipeline/stored-shapes.ts';
import { attempt } from '../../stores/embedded/file-errors.ts';
import { UsageError } from '../usage.ts';

/** A run's folder is `<out>/<run_id>/tenants/<tenant_id>`; `given` may be the folder two above. Throws `UsageError`, which names the argument `what`. */
export function ownRunFolder(given: string, what: string): string {
  if (fs.existsSync(path.join(given, PATHS.manifest))) return given;
  const nested = path.join(given, 'tenants');
  const tenants = fs.existsSync(nested) ? fs.readdirSync(nested) : [];
  if (tenants.length === 1) return ownRunFolder(path.join(nested, tenants[0] ?? ''), what);
  throw new UsageError(`${what} ${given} is not the folder of a run: it has no ${PATHS.manifest}`);
}

/** Null if the run has none. */
export function readReport<T>(folder: string, name: string): T | null {
  const file = path.join(folder, name);
  if (!fs.existsSync(file)) return null;
  return storedValue(
    file,
    attempt(`read ${file}`, () => fs.readFileSync(file, 'utf8')),
  ) as T;
}
