/** The answers with lists of keys. They have no pages: with those that were revoked, a tenant may have thousands of keys. */
import type { KeyKind, KeyRecord } from '../../../core/ports/service/tenants.ts';
import type { ApiDeps } from '../../deps.ts';
import { jsonText } from '../../http/json-text.ts';
import type { Questions } from '../../http/questions.ts';
import { requireTenantExists } from '../require-tenant.ts';

/** Keys that are written without a pause for others; some 2 ms. */
const WRITTEN_AT_ONCE = 500;

interface KeyListParts {
  tenantId: string;
  kind: KeyKind;
  /** The field of the answer. */
  field: string;
  view: (key: KeyRecord) => object;
}

/** One list of a tenant after the other. Throws `NOT_FOUND` and `TOO_MANY_QUESTIONS`. */
export async function answerKeys(
  deps: ApiDeps,
  questions: Questions,
  { tenantId, kind, field, view }: KeyListParts,
): Promise<Response> {
  await requireTenantExists(deps, tenantId);
  return questions.records(`keys ${tenantId}`, async () => {
    const keys = await deps.tenants.listKeys(tenantId, kind);
    const parts: string[] = [];
    for (let at = 0; at < keys.length; at += WRITTEN_AT_ONCE) {
      if (at > 0) await new Promise((resolve) => setTimeout(resolve, 0));
      const some = keys.slice(at, at + WRITTEN_AT_ONCE);
      parts.push(some.map((key) => JSON.stringify(view(key))).join(','));
    }
    return jsonText(`{${JSON.stringify(field)}:[${parts.join(',')}]}`);
  });
}
