/** Whether a run needs to be told what is published. */
import type { TenantConfig } from './schema.ts';

/** True if a run of this config is measured against what is published, or may read a vendor's file of that run again. */
export function usesPublished({ publish, guardrails, vendors }: TenantConfig): boolean {
  if (publish !== undefined || guardrails !== undefined) return true;
  return vendors.some(({ on_trouble }) => on_trouble !== undefined && Object.values(on_trouble).includes('carry_over'));
}
