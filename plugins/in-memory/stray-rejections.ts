/** Notices promises that plugins start and do not wait for, by the process's event for rejections that nobody handles. */
import type { StrayRejections } from '../../core/ports/engine.ts';

type Report = (reason: unknown) => void;

/** The runs that are going on. */
const watchers = new Set<Report>();
let fallback: Report | null = null;

function onRejection(reason: unknown): void {
  if (watchers.size === 0) fallback?.(reason);
  for (const report of watchers) report(reason);
}

function listen(): void {
  process.off('unhandledRejection', onRejection);
  if (watchers.size > 0 || fallback !== null) process.on('unhandledRejection', onRejection);
}

/** From now on, a rejection that nobody handles does not end the process. `report` gets it if no run is going on. */
export function outliveRejections(report: Report): void {
  fallback = report;
  listen();
}

export interface PluginOrigin {
  kind: string;
  id: string;
}

/** `folderOf`: the address of a plugin's folder, as in stack traces; '' if it is not known, null for a built-in plugin. */
export function strayRejections(folderOf: (plugin: PluginOrigin) => string | null): StrayRejections {
  return {
    watch: (report) => {
      watchers.add(report);
      listen();
      return () => {
        watchers.delete(report);
        listen();
      };
    },
    // the event comes when the turn's microtasks are done
    settle: () => new Promise((resolve) => setImmediate(resolve)),
    suspects: (reason, plugins) => {
      const foreign = plugins.filter((plugin) => folderOf(plugin) !== null);
      const stack = reason instanceof Error ? String(reason.stack) : '';
      const inPackage = foreign.filter((plugin) => {
        const folder = folderOf(plugin);
        return folder !== null && folder !== '' && stack.includes(`${folder}/`);
      });
      // a module that has the plugin's name, as `relay plugin new` makes it
      const inModule = inPackage.filter((plugin) => {
        return ['.js', '.mjs', '.ts', '/'].some((end) => stack.includes(`${folderOf(plugin)}/${plugin.id}${end}`));
      });
      return [inModule, inPackage, foreign].find((list) => list.length > 0) ?? [];
    },
  };
}
