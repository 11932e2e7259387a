/** How every command says on standard error what went wrong. */
import { red, type Text } from './colour.ts';

export function errorLine(code: string, message: string): Text {
  return [red(`relay: ${code}:`), ` ${message}\n`];
}
