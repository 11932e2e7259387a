/** The library: all that is needed to run the engine or to write a plugin for it. */

/** For the options schemas of plugins, so that they need no copy of their own. */
export { z } from 'zod';
export * from './core/canonical.ts';
export { type CheckedConfig, type ConfigLimits, checkConfig, DEFAULT_CONFIG_LIMITS } from './core/config/check.ts';
export { amountSchema, type DecimalBounds, decimalSchema, fractionSchema } from './core/config/decimal.ts';
export { configAt, configList } from './core/config/raw.ts';
export type { PluginUse, PricingConfig, TenantConfig, VendorConfig } from './core/config/schema.ts';
export { definePlugin, type PluginDeclaration } from './core/define-plugin.ts';
export { DecodeError, type Recovery, RelayError } from './core/errors.ts';
export { ROW_CODES, type RowCode, type RowEntry, type RowProblem, type VendorEntry } from './core/issue.ts';
export { Money, type RoundingMode } from './core/money/money.ts';
export type { PricingDefaults } from './core/pipeline/bind.ts';
export {
  type Engine,
  type RunEvent,
  type RunOutcome,
  type RunRequest,
  type RunSummary,
  runPipeline,
} from './core/pipeline/run.ts';
export * from './core/plugin.ts';
export * from './core/ports/engine.ts';
export { type AnyPlugin, Registry } from './core/registry.ts';
export { isRunCode, RUN_CODES, type RunCode, STAGES, type Stage } from './core/run-codes.ts';
export {
  BUILTIN_PLUGINS,
  defineVendorParser,
  type FileLine,
  pricingDefaults,
  readSideTable,
  type VendorFile,
  type VendorFormat,
} from './plugins/index.ts';
export {
  type BestOfferOptions,
  type BestOfferStrategy,
  bestOfferOptions,
  bestOfferStrategy,
} from './plugins/merge/best-offer.ts';
export { openTable } from './plugins/parsers/kit/container/container.ts';
export { chooseEncoding, decodeToUtf8 } from './plugins/parsers/kit/encoding/index.ts';
