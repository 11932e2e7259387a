/** The plugins that a config can name. */
import { z } from 'zod';
import type { Registry } from '../../../core/registry.ts';
import type { ApiDeps } from '../../deps.ts';
import { endpoint } from '../../endpoint.ts';
import { jsonText } from '../../http/json-text.ts';

export function pluginEndpoints({ registry }: ApiDeps) {
  let made: Uint8Array<ArrayBuffer> | null = null;
  return [
    endpoint({
      method: 'get',
      path: '/v1/plugins',
      id: 'listPlugins',
      tag: 'Service',
      summary: 'The plugins that configs can name, with the JSON Schema of their options',
      description:
        'Lists the built-in plugins and those that the operator allows. `example` holds options that pass the check.',
      access: 'key',
      responses: { 200: { description: 'all plugins', model: 'PluginList' } },
      handle: () => {
        made ??= new TextEncoder().encode(JSON.stringify({ plugins: pluginViews(registry) }));
        return jsonText(made);
      },
    }),
  ];
}

function pluginViews(registry: Registry) {
  return registry.list().map(({ kind, id, version, contract, summary, options, example, codes }) => ({
    kind,
    id,
    version,
    contract,
    summary,
    options: z.toJSONSchema(options, { io: 'input', unrepresentable: 'any' }),
    example,
    codes: codes ?? {},
  }));
}
