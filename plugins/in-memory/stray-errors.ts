/** Notices errors of code that plugins start and do not wait for, by the process's events for unhandled errors. */
// imported, since the plugin suite watches the global one
import { setImmediate } from 'node:timers';
import type { StrayError, StrayErrors } from '../../core/ports/engine.ts';

type Report = (stray: StrayError) => void;

/** The runs in progress. */
const watchers = new Set<Report>();
let fallback: Report | null = null;

const onRejection = (reason: unknown) => onStray({ reason, origin: 'promise' });
const onException = (reason: unknown) => onStray({ reason, origin: 'callback' });

function onStray(stray: StrayError): void {
  if (watchers.size === 0) fallback?.(stray);
  for (const report of watchers) report(stray);
}

function listen(): void {
  process.off('unhandledRejection', onRejection).off('uncaughtException', onException);
  if (watchers.size === 0 && fallback === null) return;
  process.on('unhandledRejection', onRejection).on('uncaughtException', onException);
}

/** From now on, an unhandled error does not end the process by itself. `report` gets it if no run is in progress. */
export function outliveStrays(report: Report): void {
  fallback = report;
  listen();
}

export interface PluginOrigin {
  kind: string;
  id: string;
}

/** `folderOf`: the address of a plugin's folder, as in stack traces; '' if it is not known, null for a built-in plugin. */
export function strayErrors(folderOf: (plugin: PluginOrigin) => string | null): StrayErrors {
  return {
    watch: (report) => {
      watchers.add(report);
      listen();
      return () => {
        watchers.delete(report);
        listen();
      };
    },
    // the event comes when the microtasks of this turn are done
    settle: () => new Promise((resolve) => setImmediate(resolve)),
    suspects: (reason, plugins) => {
      const foreign = plugins.filter((plugin) => folderOf(plugin) !== null);
      const stack = reason instanceof Error ? String(reason.stack) : '';
      const inPackage = foreign.filter((plugin) => {
        const folder = folderOf(plugin);
        return folder !== null && folder !== '' && stack.includes(`${folder}/`);
      });
      // a module named like the plugin, as `relay plugin new` makes it
      const inModule = inPackage.filter((plugin) => {
        return ['.js', '.mjs', '.ts', '/'].some((end) => stack.includes(`${folderOf(plugin)}/${plugin.id}${end}`));
      });
      return [inModule, inPackage, foreign].find((list) => list.length > 0) ?? [];
    },
  };
}
