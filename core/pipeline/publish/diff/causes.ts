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

export function causesOf(before: RunReports, after: RunReports): Cause[] {
  const [a, b] = [causesIn(before), causesIn(after)];
  return CAUSES.filter((cause) => a[cause] !== b[cause]);
}

function causesIn({ manifest, snapshot }: RunReports): Record<Cause, string> {
  const feeds = Object.entries(manifest?.vendors ?? {}).map(([id, { sha256, files, side_files }]) => [
    id,
    sha256,
    (files ?? []).map((file) => file.sha256),
    (side_files ?? []).map((file) => file.sha256),
  ]);
  return {
    feed: JSON.stringify(feeds),
    config: JSON.stringify(snapshot?.tenant_config ?? null),
    code: JSON.stringify(snapshot?.plugins ?? null),
    decision: JSON.stringify(manifest?.decisions?.sha256 ?? null),
  };
}
