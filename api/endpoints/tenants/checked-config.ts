/** Checks the config in a request. */
import { counted } from '../../../core/text/counted.ts';
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

export interface AcceptedConfig {
  tenantId: string;
  /** Absent if there is nothing to warn of: then an answer has no such field. */
  warned: { warnings?: string[] };
}

/** The id of the tenant, and what is probably wrong. Throws `CONFIG_INVALID` with every problem at once. */
export async function checkedConfig(sent: SentConfig, deps: ApiDeps): Promise<AcceptedConfig> {
  const { tenantId, count, issues, warnings } = await reportFor(sent, deps);
  if (tenantId === null)
    throw new ApiError('CONFIG_INVALID', `the config has ${counted(count, 'problem')}`, { issues });
  return { tenantId, warned: warnings.length === 0 ? {} : { warnings } };
}

async function reportFor({ raw, text, tenantId, principal }: SentConfig, deps: ApiDeps): Promise<ConfigReport> {
  const { vendorsMax, extraColumnsMax, problemsMax, configCharsHere } = deps.settings;
  const scope = principal.kind === 'tenant' ? `tenants/${principal.tenantId}/` : null;
  const rules: ConfigRules = { tenantId, scope, vendorsMax, extraColumnsMax, problemsMax };
  return deps.configJobs === null || text.length <= configCharsHere
    ? reportOn(raw, rules, deps.registry)
    : deps.configJobs({ type: 'check', text, rules }, rateKey(principal));
}
