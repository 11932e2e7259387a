/** How every command says on standard error what went wrong. */

export function errorLine(code: string, message: string): string {
  return `relay: ${code}: ${message}\n`;
}
