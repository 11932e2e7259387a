/** The conversations by their names; each has a list in `said/`. */
import { onEdgeFeeds, onFeeds, onLinks, onQuestions, onRestoredFeeds } from './conversations/feeds.ts';
import { onInboundFiles, onPatches, onUploads, onWaitingUploads } from './conversations/files.ts';
import { onDecisions, onPublications, onStopped } from './conversations/publications.ts';
import { onArtifacts, onCancels, onErrors, onRuns } from './conversations/runs.ts';
import { onDocuments, onFailures, onPaths, onRates, onRequests } from './conversations/service.ts';
import { onKeys, onSimulations, onTenants } from './conversations/tenants.ts';

export const CONVERSATIONS: Record<string, () => Promise<string[]>> = {
  tenants: onTenants,
  keys: onKeys,
  simulations: onSimulations,
  runs: onRuns,
  cancels: onCancels,
  errors: onErrors,
  artifacts: onArtifacts,
  uploads: onUploads,
  patches: onPatches,
  'waiting-uploads': onWaitingUploads,
  'inbound-files': onInboundFiles,
  feeds: onFeeds,
  'edge-feeds': onEdgeFeeds,
  questions: onQuestions,
  publications: onPublications,
  stopped: onStopped,
  decisions: onDecisions,
  'restored-feeds': onRestoredFeeds,
  links: onLinks,
  requests: onRequests,
  paths: onPaths,
  failures: onFailures,
  rates: onRates,
  documents: onDocuments,
};

export function fileOf(name: string): URL {
  return new URL(`said/${name}.txt`, import.meta.url);
}
