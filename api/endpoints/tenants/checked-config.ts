/** Checks the config in a request. */
import { type ConfigReport, type ConfigRules, reportOn } from '../../config/tenant-config.ts';
import type { ApiDeps } from '../../deps.ts';
import { type Principal, rateKey } from '../../http/auth.ts';
import { ApiError } from '../../http/errors.ts';

export interface SentConfig {
  raw: unknown;
  /** The body of the request. */
  text: string;
  /** The tenant in the path; null for a new tenant. */
  tenantId: string | null;
  principal: Principal;
}

/** The id of the tenant. Throws `CONFIG_INVALID` with every problem at once. */
export async function checkedConfig(sent: SentConfig, deps: ApiDeps): Promise<string> {
  const { tenantId, count, issues } = await reportFor(sent, deps);
  if (tenantId === null) throw new ApiError('CONFIG_INVALID', `the config has ${count} problem(s)`, { issues });
  return tenantId;
}

async function reportFor({ raw, text, tenantId, principal }: SentConfig, deps: ApiDeps): Promise<ConfigReport> {
  const { vendorsMax, extraColumnsMax, problemsMax, configCharsHere } = deps.settings;
  const scope = principal.kind === 'tenant' ? `tenants/${principal.tenantId}/` : null;
  const rules: ConfigRules = { tenantId, scope, vendorsMax, extraColumnsMax, problemsMax };
  return deps.configJobs === null || text.length <= configCharsHere
    ? reportOn(raw, rules, deps.registry)
    : deps.configJobs({ type: 'check', text, rules }, rateKey(principal));
}
