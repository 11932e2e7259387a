/**
 * A page of the list of runs. It ends early where runs have very many warnings or artifacts: writing the warnings of 200 such runs in words
 * takes a tenth of a second, in which the process answers nobody else.
 */
import type { RunRecord, RunStatus, RunStore } from '../../../core/ports/service/runs.ts';

export interface RunsPage {
  runs: RunRecord[];
  next: string | null;
  /** About how long they are as JSON. */
  bytes: number;
}

/** Runs that are read first. Each step after it reads twice as many: reading runs takes as long as writing them. */
const FIRST_STEP = 10;
/** What a warning costs beyond its own characters: its notice repeats them, with words around them. */
const NOTICE_BYTES = 500;

/** A page with at least one run, if there is one, and with runs of about `bytesMax` bytes of JSON at most. */
export async function readRunsPage(
  store: Pick<RunStore, 'list'>,
  filter: { tenantId?: string; status?: RunStatus },
  { cursor, limit, bytesMax }: { cursor: string | null; limit: number; bytesMax: number },
): Promise<RunsPage> {
  const runs: RunRecord[] = [];
  let next = cursor;
  let bytes = 0;
  let step = FIRST_STEP;
  do {
    const from = next;
    const wanted = Math.min(limit - runs.length, step);
    const found = await store.list(filter, from, wanted);
    const fitting = countFitting(found.runs, bytesMax - bytes);
    const count = Math.max(fitting, runs.length === 0 ? 1 : 0);
    if (count < found.runs.length) {
      // only the store can say where the next page starts
      const cut = count === 0 ? { runs: [], next: from } : await store.list(filter, from, count);
      return { runs: [...runs, ...cut.runs], next: cut.next, bytes: bytes + sumOf(cut.runs) };
    }
    runs.push(...found.runs);
    bytes += sumOf(found.runs);
    next = found.next;
    step *= 2;
  } while (next !== null && runs.length < limit);
  return { runs, next, bytes };
}

function countFitting(runs: readonly RunRecord[], bytesMax: number): number {
  let bytes = 0;
  for (const [i, run] of runs.entries()) {
    bytes += bytesOf(run);
    if (bytes > bytesMax) return i;
  }
  return runs.length;
}

function sumOf(runs: readonly RunRecord[]): number {
  return runs.reduce((sum, run) => sum + bytesOf(run), 0);
}

/** About how long a run is in an answer. */
function bytesOf({ warnings, artifacts }: RunRecord): number {
  let bytes = NOTICE_BYTES;
  for (const warning of warnings) bytes += NOTICE_BYTES + 2 * warning.length;
  for (const name in artifacts) bytes += name.length + (artifacts[name] ?? '').length;
  return bytes;
}
