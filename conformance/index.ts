/** For plugin authors: the suite that every plugin must pass, for any test runner. */

export type { CheckId } from './plugin/checks.ts';
export type {
  ConformanceBudgets,
  ExpectedRejection,
  FixtureExpectation,
  FixtureFile,
  PluginFixture,
  VariantName,
} from './plugin/fixture.ts';
export { DEFAULT_BUDGETS } from './plugin/fixture.ts';
export {
  type ConformanceCase,
  ConformanceFailure,
  type ConformanceOptions,
  pluginConformance,
} from './plugin/suite.ts';
