/** `relay prune`: removes what is older than RETENTION_DAYS, or says what it would remove. */
import {
  add,
  countStored,
  finishExpired,
  nothingPruned,
  type Pruned,
  type PruneOptions,
  pruneTenant,
  type RetentionDeps,
} from '../../worker/retention/retention.ts';
import { printJson } from '../failure.ts';
import { EXIT, type Io } from '../io.ts';
import { PRUNE } from '../manual/upkeep-commands.ts';
import { retentionDeps } from '../service/retention-deps.ts';
import type { ServiceStores } from '../service/stores.ts';
import { useStores } from '../service/use-stores.ts';
import { readArgs, refuseExtra } from '../usage.ts';

const DAY_MS = 24 * 3600_000;
const NOTES_AT_ONCE = 100;

interface TenantReport {
  tenantId: string;
  runIds: string[];
  pruned: Pruned;
}

export async function prune(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readArgs(argv, PRUNE.options);
  refuseExtra(positionals);
  const dryRun = values['dry-run'];
  await useStores(io, async (stores, { retentionDays }) => {
    const before = retentionDays === 0 ? null : Date.now() - retentionDays * DAY_MS;
    const tenants = await pruneAll(stores, { before: before ?? 0, dryRun }, (tenantId, error) =>
      io.stderr(
        `relay: ${tenantId}: no corrected rows are removed, nor the runs that they are of: ${error instanceof Error ? error.message : String(error)}\n`,
      ),
    );
    if (values.json) return printJson(io, documentOf(tenants, before, dryRun));
    if (before === null) return io.stderr('RETENTION_DAYS is 0: everything is kept.\n');
    for (const tenant of tenants.filter(({ pruned }) => !isNothing(pruned))) io.stdout(lineOf(tenant, dryRun));
    if (tenants.every(({ pruned }) => isNothing(pruned))) {
      io.stderr(`Nothing to remove: RETENTION_DAYS is ${retentionDays}.\n`);
    }
  });
  return EXIT.ok;
}

async function pruneAll(
  stores: ServiceStores,
  { before, dryRun }: Pick<PruneOptions, 'before' | 'dryRun'>,
  onDamaged: (tenantId: string, error: unknown) => void,
): Promise<TenantReport[]> {
  const deps = retentionDeps(stores);
  if (!dryRun) {
    await finishAllExpired(deps);
    await stores.retention.removeExpiredRecords(Date.now(), before);
  }
  const reports: TenantReport[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await stores.tenants.list(cursor);
    for (const { tenantId } of page.tenants) {
      const runIds: string[] = [];
      const options = { before, dryRun, objectsMax: Number.POSITIVE_INFINITY, onDamaged };
      const onRun = ({ runId }: { runId: string }) => void runIds.push(runId);
      const { pruned } = await pruneTenant(deps, tenantId, { ...options, onRun });
      // counts anew, as the service may remove the same runs, and people may remove objects by hand
      if (!dryRun) await countStored(deps, tenantId);
      reports.push({ tenantId, runIds, pruned });
    }
    cursor = page.next;
  }
  return reports;
}

/** A note that cannot be removed belongs to a run that was published again: it goes behind the others. */
async function finishAllExpired(deps: RetentionDeps): Promise<void> {
  const seen = new Set<string>();
  for (;;) {
    const notes = await deps.retention.expiredRuns(NOTES_AT_ONCE);
    if (notes.every(({ runId }) => seen.has(runId))) return;
    for (const { runId } of notes) seen.add(runId);
    await finishExpired(deps, NOTES_AT_ONCE);
  }
}

function documentOf(tenants: readonly TenantReport[], before: number | null, dryRun: boolean) {
  const sum = nothingPruned();
  for (const { pruned } of tenants) add(sum, pruned);
  return {
    dry_run: dryRun,
    before: before === null ? null : new Date(before).toISOString(),
    ...viewOf(sum),
    tenants: tenants
      .filter(({ pruned }) => !isNothing(pruned))
      .map(({ tenantId, runIds, pruned }) => ({ tenant_id: tenantId, run_ids: runIds, ...viewOf(pruned) })),
  };
}

function viewOf({ runs, objects, bytes, configVersions, keys, uploads, patches }: Pruned) {
  return { runs, patches, objects, bytes, config_versions: configVersions, revoked_keys: keys, upload_notes: uploads };
}

function lineOf({ tenantId, pruned }: TenantReport, dryRun: boolean): string {
  const { runs, objects, bytes, configVersions, keys, patches } = pruned;
  const owners = [
    ...(runs > 0 ? [counted(runs, 'run')] : []),
    ...(patches > 0 ? [counted(patches, 'patch', 'patches')] : []),
  ];
  const what = [
    ...(owners.length > 0 ? [`${owners.join(' and ')} with ${counted(objects, 'object')} (${bytes} bytes)`] : []),
    ...(configVersions > 0 ? [counted(configVersions, 'config version')] : []),
    ...(keys > 0 ? [counted(keys, 'revoked key')] : []),
    ...(pruned.uploads > 0 ? [counted(pruned.uploads, 'note of an upload', 'notes of uploads')] : []),
  ];
  return `${tenantId}: ${dryRun ? 'would remove' : 'removed'} ${what.join(', ')}\n`;
}

function counted(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

function isNothing(pruned: Pruned): boolean {
  return Object.values(pruned).every((number) => number === 0);
}
