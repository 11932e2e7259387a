/** The fixed values of options and arguments, for completion. Long lists are loaded when they are asked for. */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export const DELIMITER_WORDS = ['auto', 'tab', 'space', 'comma', 'semicolon', 'pipe'] as const;
export const AUTO_OR_NONE = ['auto', 'none'] as const;

export async function encodings(): Promise<readonly string[]> {
  const { ENCODING_NAMES } = await import('../../plugins/parsers/kit/encoding/index.ts');
  return ['auto', ...ENCODING_NAMES];
}

export async function currencies(): Promise<readonly string[]> {
  const { CURRENCIES } = await import('../../core/money/currencies.ts');
  return [...CURRENCIES];
}

/** The built-in parsers. */
export async function parsers(): Promise<readonly string[]> {
  const { BUILTIN_PLUGINS } = await import('../../plugins/index.ts');
  return BUILTIN_PLUGINS.flatMap(({ manifest }) => (manifest.kind === 'parser' ? [manifest.id] : []));
}

export async function rowChanges(): Promise<readonly string[]> {
  const { ROW_CHANGES } = await import('../../core/pipeline/publish/diff/changed-rows.ts');
  return ROW_CHANGES;
}

export async function anyCauses(): Promise<readonly string[]> {
  const { ANY_CAUSES } = await import('../../core/pipeline/publish/diff/causes.ts');
  return ANY_CAUSES;
}

export async function pluginKinds(): Promise<readonly string[]> {
  const { PLUGIN_KINDS } = await import('../../core/plugin.ts');
  return PLUGIN_KINDS;
}
