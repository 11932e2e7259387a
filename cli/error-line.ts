/** The line that every command prints on standard error when something goes wrong. */
import { red, type Text } from './colour.ts';

export function errorLine(code: string, message: string): Text {
  return [red(`relay: ${code}:`), ` ${message}\n`];
}
