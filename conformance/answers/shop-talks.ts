/** Conversations about a shop that has published: with the API alone, and with what answers its questions. */
import type { ApiDeps } from '../../api/deps.ts';
import type { AskQuestion } from '../../api/questions/questions.ts';
import { askHere } from '../../api/testing/ask-here.ts';
import { configOf } from '../../api/testing/harness.ts';
import { Conversation } from './conversation.ts';
import { PublishedShop } from './published-shop.ts';

export const SHOP = '/v1/tenants/shop';
const EXPORTS = [
  { use: 'jsonl', name: 'lines' },
  { use: 'csv', name: 'changes', content: 'delta', with: { columns: [{ from: '_change' }, { from: 'sku' }] } },
  { use: 'csv', with: { columns: [{ from: 'sku' }] } },
];

/** Three runs that were published, and one that a guardrail stopped. */
export async function publishedShop(changes: Partial<ApiDeps>): Promise<Conversation> {
  const talk = await Conversation.start({}, changes);
  const { api } = talk;
  const output = { columns: ['sku', 'vendor_id', 'quantity_available', 'price'], exports: EXPORTS };
  for (const tenant of ['shop', 'other']) {
    await api.call('POST', '/v1/tenants', { body: { ...configOf(tenant), output, publish: {} } });
    talk.name(tenant, (await api.call('POST', `/v1/tenants/${tenant}/keys`)).json.key);
  }
  const shop = new PublishedShop(api);
  const held = { publish: { holds: { price_rise_pct: '0.5', new_sku: 'hold' } }, guardrails: { min_skus: 2 } };
  await shop.run('r1', { a: 'A 1 10; B,1 2 20; C 3 30', b: 'A 5 9; D 1 40; X bad 1' }, { publish: {} });
  await shop.run('r2', { a: 'A 1 11; C 0 30', b: 'A 5 12; D 1 44' }, { publish: {} });
  await shop.run('r3', { a: 'A 2 30; C 4 31; N 1 1; M 1 2', b: 'D 1 99; E 1 5' }, held);
  await shop.run('r4', { a: 'A 2 30', b: '' }, { ...held, guardrails: { min_skus: 9 } });
  return talk;
}

const asksHere = () => {
  const late: { ask: AskQuestion | null } = { ask: null };
  const ask = ((question, signal) => (late.ask as AskQuestion)(question, signal)) as AskQuestion;
  return { late, ask };
};

export async function withRunners(): Promise<Conversation> {
  const { late, ask } = asksHere();
  const talk = await publishedShop({ ask });
  late.ask = askHere(talk.api.artifacts);
  return talk;
}
