/** What the cases of `UsageStore` and `RetentionStore` work on. */
import type { RunStore } from '../../core/ports/service/runs.ts';
import type { TenantStore } from '../../core/ports/service/tenants.ts';
import type { RetentionStore, UsageStore, WaitingUpload } from '../../core/ports/service/upkeep.ts';
import { T0 } from './run-subject.ts';
import type { Subject } from './support.ts';

export interface UpkeepStores {
  usage: UsageStore;
  retention: RetentionStore;
  tenants: TenantStore;
  runs: RunStore;
}

export interface UpkeepSubject extends Subject, UpkeepStores {
  /** Other clients of the same data, as another process has. */
  peer(): Promise<UpkeepStores>;
}

export function waitingUpload(key: string, changes: Partial<WaitingUpload> = {}): WaitingUpload {
  const times = { openedAt: T0, expiresAt: T0 + 900_000 };
  return { tenantId: 'shop', key, ...times, etagBefore: null, sizeBefore: 0, ...changes };
}
