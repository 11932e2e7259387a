/** The files of a run on a local disk: DIR/<run_id>/tenants/<tenant_id>/. */
import fs from 'node:fs';
import path from 'node:path';
import { RelayError } from '../../core/errors.ts';
import type { RunFiles } from '../../core/ports/explaining.ts';
import { didYouMean } from '../../core/text/suggest.ts';
import { attempt } from '../../stores/embedded/file-errors.ts';
import { UsageError } from '../usage.ts';
import { isFolder } from './inputs.ts';

const CHUNK_BYTES = 1 << 20;

/** Where a run is looked for: `option` is the one that names the folder of runs. */
export interface RunPlace {
  option: '--out' | '--runs';
  /** The folder that runs are written to; absent if it was not given. */
  runs: string | undefined;
  tenant: string | undefined;
}

/**
 * The folder of a run, which is named by its id in the folder of runs, or by its folder: `<out>/<run_id>/tenants/<tenant_id>` or
 * the one two above. An id counts first. Throws `UsageError`.
 */
export function findRunFolder(given: string, { option, runs, tenant }: RunPlace): string {
  if (runs !== undefined && !isFolder(runs)) throw new UsageError(`${option} ${runs} is not a folder`);
  if (runs !== undefined && !/[\\/]/.test(given) && isFolder(path.join(runs, given, 'tenants')))
    return tenantFolder(path.join(runs, given), given, tenant);
  if (isFolder(path.join(given, 'tenants'))) return tenantFolder(given, path.basename(path.resolve(given)), tenant);
  if (isFolder(path.join(given, 'reports'))) return given;
  if (runs === undefined) {
    const what = fs.existsSync(given) ? 'is not the folder of a run' : 'is not there';
    throw new UsageError(
      `${given} ${what}; with ${option} DIR, the folder that runs are written to, give the id of a run`,
    );
  }
  const ids = fs.readdirSync(runs).filter((name) => isFolder(path.join(runs, name, 'tenants')));
  throw new UsageError(`${runs} has no run "${given}"${didYouMean(given, ids)}`);
}

function tenantFolder(run: string, runId: string, tenant: string | undefined): string {
  const ids = fs.readdirSync(path.join(run, 'tenants')).sort();
  const [only] = ids;
  if (tenant === undefined && (ids.length !== 1 || only === undefined))
    throw new UsageError(`run ${runId} has the tenants ${ids.join(', ')}: name one with --tenant`);
  const id = tenant ?? only ?? '';
  if (!ids.includes(id)) throw new UsageError(`run ${runId} has no tenant "${id}"${didYouMean(id, ids)}`);
  return path.join(run, 'tenants', id);
}

export class LocalRunFiles implements RunFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async *open(name: string, range?: { first: number; last: number }): AsyncIterable<Uint8Array> {
    const file = path.join(this.#folder, ...name.split('/'));
    if (!fs.existsSync(file)) throw new RelayError('not_found', `${file} is not there`);
    const fd = attempt(`read ${file}`, () => fs.openSync(file, 'r'));
    try {
      let at = range?.first ?? 0;
      const end = Math.min(fs.fstatSync(fd).size, (range?.last ?? Number.MAX_SAFE_INTEGER) + 1);
      while (at < end) {
        const buffer = new Uint8Array(Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, end - at)).buffer);
        const from = at;
        const count = attempt(`read ${file}`, () => fs.readSync(fd, buffer, 0, buffer.length, from));
        if (count === 0) return;
        at += count;
        yield buffer.subarray(0, count);
      }
    } finally {
      fs.closeSync(fd);
    }
  }
}
