/** The parser that a vendor's config names. */
import { readOrNull } from '../../core/config/problems.ts';
import { configAt } from '../../core/config/raw.ts';
import type { Registry } from '../../core/registry.ts';

/** Its manifest and options; null if there is no such parser or the options are invalid, which `checkConfig` reports. */
export function parserOf(vendor: unknown, registry: Registry) {
  const format = configAt(vendor, 'parser', 'format');
  const manifest = typeof format === 'string' ? registry.find('parser', format)?.manifest : undefined;
  if (manifest === undefined) return null;
  const options = readOrNull(manifest.options, configAt(vendor, 'parser', 'options') ?? {});
  return options === null ? null : { manifest, options: options.value };
}
