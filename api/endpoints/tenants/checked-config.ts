/** Checks the config in a request. */
import type { Context } from 'hono';
import { counted } from '../../../core/text/counted.ts';
import { type ConfigReport, type ConfigRules, reportOn } from '../../config/tenant-config.ts';
import type { ApiDeps } from '../../deps.ts';
import type { AppEnv } from '../../http/app-env.ts';
import { type Principal, rateKey } from '../../http/auth.ts';
import { LargeBodies } from '../../http/body.ts';
import { ApiError } from '../../http/errors.ts';

export interface SentConfig {
  raw: unknown;
  /** The body of the request. */
  text: string;
  /** The tenant in the path; null for a new tenant. */
  tenantId: string | null;
  principal: Principal;
}

export interface AcceptedConfig {
  tenantId: string;
  /** Absent if there is nothing to warn of: then an answer has no such field. */
  warned: { warnings?: string[] };
}

/** Longer configs are checked one after the other: one of 4 KB takes some milliseconds, and hundreds may come at once. */
const CHARS_AT_ONCE = 1024;

export class ConfigChecks {
  readonly #deps: ApiDeps;
  readonly #turns: LargeBodies | null;

  constructor(deps: ApiDeps) {
    this.#deps = deps;
    this.#turns = deps.configJobs === null ? null : new LargeBodies(deps.settings.largeBodies);
  }

  /** The id of the tenant, and what is probably wrong. Throws `CONFIG_INVALID` with every problem at once. */
  async check(c: Context<AppEnv>, sent: SentConfig): Promise<AcceptedConfig> {
    const { tenantId, count, issues, warnings } = await this.#reportFor(c, sent);
    if (tenantId === null)
      throw new ApiError('CONFIG_INVALID', `the config has ${counted(count, 'problem')}`, { issues });
    return { tenantId, warned: warnings.length === 0 ? {} : { warnings } };
  }

  async #reportFor(c: Context<AppEnv>, { raw, text, tenantId, principal }: SentConfig): Promise<ConfigReport> {
    const { registry, configJobs } = this.#deps;
    const { vendorsMax, extraColumnsMax, problemsMax, configCharsHere } = this.#deps.settings;
    const scope = principal.kind === 'tenant' ? `tenants/${principal.tenantId}/` : null;
    const rules: ConfigRules = { tenantId, scope, vendorsMax, extraColumnsMax, problemsMax };
    if (configJobs !== null && text.length > configCharsHere)
      return configJobs({ type: 'check', text, rules }, rateKey(principal));
    const report = () => reportOn(raw, rules, registry);
    return this.#turns === null || text.length <= CHARS_AT_ONCE ? report() : this.#turns.inTurn(c, report);
  }
}
