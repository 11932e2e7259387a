/** What differs between two runs apart from their feeds: possible causes of a change of a feed. */
import type { InputManifest } from '../../fetch/input-manifest.ts';

export const CAUSES = ['feed', 'config', 'code', 'decision'] as const;
export type Cause = (typeof CAUSES)[number];
/** `other` stands for none of the four. */
export const ANY_CAUSES = [...CAUSES, 'other'] as const;
export type AnyCause = (typeof ANY_CAUSES)[number];

/** What a run's reports say about it; null for a report that it lacks. */
export interface RunReports {
  manifest: InputManifest | null;
  snapshot: ConfigSnapshot | null;
}

/** `config_snapshot.json`, as far as it is needed here. */
export interface ConfigSnapshot {
  tenant_config?: { default_currency?: string };
  plugins?: unknown;
}

/** An input that two runs do not have alike. */
export interface ChangedInput {
  vendor_id: string;
  /** Such as its SKU map, or the currency rates; null for its feed, with its corrected rows. */
  side_file: string | null;
}

export function causesOf(before: RunReports, after: RunReports): Cause[] {
  const [a, b] = [causesIn(before), causesIn(after)];
  const hasInputs = changedInputs(before, after).length > 0;
  return CAUSES.filter((cause) => (cause === 'feed' ? hasInputs : a[cause] !== b[cause]));
}

/** In the order of the vendors, the older run's first. */
export function changedInputs(before: RunReports, after: RunReports): ChangedInput[] {
  const [a, b] = [hashesOf(before.manifest), hashesOf(after.manifest)];
  const names = new Set([...a.keys(), ...b.keys()]);
  return [...names].filter((name) => a.get(name) !== b.get(name)).map((name) => JSON.parse(name));
}

/** The hashes of each input, by its `ChangedInput` as JSON. */
function hashesOf(manifest: InputManifest | null): Map<string, string> {
  const hashes = new Map<string, string>();
  const add = (input: ChangedInput, ...found: Array<string | null>) => {
    const name = JSON.stringify(input);
    hashes.set(name, [hashes.get(name), ...found].join());
  };
  for (const [vendor_id, vendor] of Object.entries(manifest?.vendors ?? {})) {
    const { sha256, files = [], side_files = [], patches = [] } = vendor;
    // corrected rows make another feed of the same file
    const patched = patches.map(({ patched_sha256 }) => patched_sha256);
    add({ vendor_id, side_file: null }, sha256, ...files.map((file) => file.sha256), ...patched);
    for (const file of side_files) add({ vendor_id, side_file: file.name }, file.sha256);
  }
  return hashes;
}

function causesIn({ manifest, snapshot }: RunReports): Record<Exclude<Cause, 'feed'>, string> {
  return {
    config: JSON.stringify(snapshot?.tenant_config ?? null),
    code: JSON.stringify(snapshot?.plugins ?? null),
    decision: JSON.stringify(manifest?.decisions?.sha256 ?? null),
  };
}
