/** Why rows differ between the feeds of two runs: the runs are repeated, each with one thing of the other. */
import { ACCEPTED_BEFORE, checkConfig } from '../../core/config/check.ts';
import type { TenantConfig } from '../../core/config/schema.ts';
import { RelayError } from '../../core/errors.ts';
import { sideFileMissing } from '../../core/pipeline/fetch/named-files.ts';
import { pinnedSource } from '../../core/pipeline/publications.ts';
import { type AnyCause, causesOf } from '../../core/pipeline/publish/diff/causes.ts';
import type { Engine } from '../../core/pipeline/run.ts';
import { type Attribution, attributeChanges } from '../../core/pipeline/simulate/attribute.ts';
import type { PastRun } from '../../core/pipeline/simulate/past-run.ts';
import { readStoredRun } from '../../core/pipeline/simulate/stored-run.ts';
import type { RunInputs, Scratch } from '../../core/ports/engine.ts';
import type { ArtifactStore } from '../../core/ports/service/objects.ts';
import type { Registry } from '../../core/registry.ts';
import type { DiffedRun } from './diff.ts';

/** Which rows are listed. */
export interface AttributionWanted {
  /** Those with one of these causes; null for all. */
  causes: readonly AnyCause[] | null;
  limit: number;
}

interface AttributionDeps {
  artifacts: ArtifactStore;
  engine: Engine;
  createScratch(): Scratch & { dispose(): void | Promise<void> };
}

/** Throws `not_explainable`. */
export async function attributionAnswer(
  runs: { before: DiffedRun; after: DiffedRun },
  { causes, limit }: AttributionWanted,
  { artifacts, engine, createScratch }: AttributionDeps,
): Promise<Attribution> {
  const scratch = createScratch();
  try {
    const [before, after] = [await readStoredRun(artifacts, runs.before), await readStoredRun(artifacts, runs.after)];
    const configs = { before: configOf(before, engine.registry), after: configOf(after, engine.registry) };
    return await attributeChanges(engine, {
      ...{ before, after, configs, scratch },
      causes: causesOf(reportsOf(before), reportsOf(after)),
      today: sideFilesOf(artifacts),
      listed: { causes: causes === null ? null : new Set(causes), limit },
    });
  } catch (error) {
    if (!(error instanceof RelayError) || error.code !== 'invalid_input') throw error;
    throw new RelayError('not_explainable', error.message, { cause: error });
  } finally {
    await scratch.dispose();
  }
}

function configOf({ manifest, rawConfig }: PastRun, registry: Registry): TenantConfig {
  const checked = checkConfig(rawConfig, registry, ACCEPTED_BEFORE);
  if (checked.ok) return checked.config;
  const [first] = checked.problems;
  const why = first === undefined ? '' : `: ${first.path} ${first.message}`;
  throw new RelayError('invalid_input', `the config of run ${manifest.run_id} does not pass its check here${why}`);
}

function reportsOf({ manifest, rawConfig, plugins }: PastRun) {
  return { manifest, snapshot: { tenant_config: rawConfig as { default_currency?: string }, plugins } };
}

/** Side files of a config that the other run did not read, as they are today. */
function sideFilesOf(store: ArtifactStore): Pick<RunInputs, 'sideFile'> {
  return {
    sideFile: async (vendor, name, { s3_key }) => {
      const info = s3_key == null ? null : await store.head(s3_key);
      if (info === null) throw sideFileMissing(vendor, name, s3_key ?? 's3_key is not set');
      const { key, etag, size, lastModified } = info;
      const source = pinnedSource(store, key, etag);
      return { source, s3_key: key, etag, size, last_modified: new Date(lastModified).toISOString() };
    },
  };
}
