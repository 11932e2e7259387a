/** Opens the stores of an existing service for a command, and closes them. */
import fs from 'node:fs';
import path from 'node:path';
import { RelayError } from '../../core/errors.ts';
import type { Io } from '../io.ts';
import { readServiceSettings, type ServiceSettings } from './settings.ts';
import { openStores, type ServiceStores } from './stores.ts';

export async function useStores(
  io: Io,
  use: (stores: ServiceStores, settings: ServiceSettings) => Promise<void>,
): Promise<void> {
  const settings = readServiceSettings(io.env);
  if (settings.aws === null && !fs.existsSync(path.join(settings.dataDir, 'relay.db'))) {
    throw new RelayError(
      'not_found',
      `there is no service in ${settings.dataDir}; set RELAY_DATA_DIR to its data folder`,
    );
  }
  const stores = await openStores(settings, { wall: () => Date.now() });
  try {
    await use(stores, settings);
  } finally {
    stores.close();
  }
}
