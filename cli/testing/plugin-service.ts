/** A service on a data folder, with the operator's plugins and with runner processes as in production. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Service } from '../service/compose.ts';
import { built, compiled } from './compiled.ts';
import { inFolder, writeFileIn } from './sandbox.ts';

export interface PluginService {
  service: Service;
  /** The data folder. */
  folder: string;
  /** The folder that has the data folder and the plugins. */
  root: string;
  /** The operator's list of plugins. */
  list: string;
  log: string[];
}

export interface PluginPackage {
  name: string;
  ids: readonly string[];
  /** JavaScript that exports `plugins`. */
  source: string;
}

// compiled: under tsx each of the many processes would take a second of CPU more
export function loadCompiled<Module>(source: string): Promise<Module> {
  return import(pathToFileURL(compiled(source)).href);
}

export function withPluginService(
  { name, ids, source }: PluginPackage,
  env: Record<string, string>,
  use: (opened: PluginService) => Promise<void>,
): Promise<void> {
  return inFolder(async (root) => {
    built('cli/runner/child.ts');
    const { openService } = await loadCompiled<typeof import('../service/compose.ts')>('cli/service/compose.ts');
    const { readServiceSettings } =
      await loadCompiled<typeof import('../service/settings.ts')>('cli/service/settings.ts');
    const manifest = { name, version: '1.0.0', type: 'module', exports: './index.js' };
    writeFileIn(root, `node_modules/${name}/package.json`, JSON.stringify(manifest));
    writeFileIn(root, `node_modules/${name}/index.js`, source);
    const entry = { package: name, version: '1.0.0', ids };
    const list = writeFileIn(root, 'plugins.json', JSON.stringify({ plugins: [entry] }));
    const log: string[] = [];
    const stderr = (text: string) => {
      // several lines may be one write
      log.push(...text.trimEnd().split('\n'));
    };
    const folder = path.join(root, 'data');
    const settings = readServiceSettings({ RELAY_DATA_DIR: folder, RELAY_PLUGINS_FILE: list, ...env });
    const service = await openService(settings, { stdout: () => {}, stderr, isTTY: false, env: {} });
    // keeps the process alive, as a server does: idle runners do not
    const alive = setInterval(() => {}, 1000);
    // a runner process inherits this process's options, which load tsx
    const { execArgv } = process;
    process.execArgv = [];
    try {
      await use({ service, folder, root, list, log });
    } finally {
      process.execArgv = execArgv;
      clearInterval(alive);
      service.runners.close();
      service.stores.close();
    }
  });
}
