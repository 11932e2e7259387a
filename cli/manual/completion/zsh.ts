import type { CompletionTable } from './index.ts';
export function zshScript(_: CompletionTable): string {
  return '';
}
