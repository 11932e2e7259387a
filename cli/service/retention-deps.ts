/** What removing old runs needs, for the service and for `relay prune`. */
import { latestSucceeded, publishedRun, type RetentionDeps } from '../../worker/retention/retention.ts';
import type { ServiceStores } from './stores.ts';

/** Add to `inUse` here whatever comes to need old runs. */
export function retentionDeps({
  tenants,
  runs,
  artifacts,
  usage,
  retention,
  clockOffset,
}: ServiceStores): RetentionDeps {
  const now = () => Date.now();
  const inUse = [latestSucceeded(runs), publishedRun(artifacts)];
  return { tenants, runs, artifacts, usage, retention, inUse, now, clockOffset };
}
