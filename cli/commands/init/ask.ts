/** Asks questions on a terminal. */
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { RelayError } from '../../../core/errors.ts';
import { printable } from '../../../core/text/printable.ts';

/** Asks a question; null if nobody is there to answer. */
export type Ask = ((question: string) => Promise<string>) | null;

export function askOn(input: Readable, output: Writable): NonNullable<Ask> {
  return (question) =>
    new Promise((resolve, reject) => {
      const terminal = createInterface({ input, output, terminal: true });
      let answer: string | null = null;
      terminal.on('close', () => {
        if (answer === null) output.write('\n');
        // Ctrl-D: no answer
        resolve(answer ?? '');
      });
      terminal.on('SIGINT', () => {
        reject(new RelayError('CANCELLED', 'relay init was cancelled; no config is written'));
        terminal.close();
      });
      terminal.question(question.split('\n').map(printable).join('\n'), (typed) => {
        answer = typed;
        terminal.close();
      });
    });
}
