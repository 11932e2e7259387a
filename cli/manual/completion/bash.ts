import type { CompletionTable } from './index.ts';
export function bashScript(_: CompletionTable): string {
  return '';
}
