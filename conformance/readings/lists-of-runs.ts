/** The lists of what whole runs leave behind: they take half of the time of all, and have a test file of their own. */
export const LISTS_OF_RUNS: ReadonlySet<string> = new Set([
  ...['feeds', 'receipts', 'receipts-of-layouts', 'single-cells', 'configs', 'config-values', 'histories'],
  ...['runs', 'shops', 'workers', 'sweeps', 'spoiled-runs', 'aws'],
]);
