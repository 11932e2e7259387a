import type { CompletionTable } from './index.ts';
export function fishScript(_: CompletionTable): string {
  return '';
}
