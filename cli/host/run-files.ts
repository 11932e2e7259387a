/** The files of a run on a local disk: DIR/<run_id>/tenants/<tenant_id>/. */
import fs from 'node:fs';
import path from 'node:path';
import { RelayError } from '../../core/errors.ts';
import { runPrefix } from '../../core/pipeline/artifacts.ts';
import type { RunFiles } from '../../core/ports/explaining.ts';
import { didYouMean } from '../../core/text/suggest.ts';
import { attempt } from '../../stores/embedded/file-errors.ts';
import { UsageError } from '../usage.ts';
import { isFolder } from './inputs.ts';

const CHUNK_BYTES = 1 << 20;

/** Throws `UsageError` if DIR has no such run, or the run has several tenants and none is named. */
export function findRunFolder(out: string, runId: string, tenant: string | undefined): string {
  if (!isFolder(out)) throw new UsageError(`--out ${out} is not a folder`);
  const tenants = path.join(out, runId, 'tenants');
  if (/[\\/]/.test(runId) || !isFolder(tenants)) {
    const runs = fs.readdirSync(out).filter((name) => isFolder(path.join(out, name, 'tenants')));
    throw new UsageError(`${out} has no run "${runId}"${didYouMean(runId, runs)}`);
  }
  const ids = fs.readdirSync(tenants).sort();
  const [only] = ids;
  if (tenant === undefined && (ids.length !== 1 || only === undefined))
    throw new UsageError(`run ${runId} has the tenants ${ids.join(', ')}: name one with --tenant`);
  const id = tenant ?? only ?? '';
  if (!ids.includes(id)) throw new UsageError(`run ${runId} has no tenant "${id}"${didYouMean(id, ids)}`);
  return path.join(out, ...runPrefix(runId, id).split('/').slice(0, -1));
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
