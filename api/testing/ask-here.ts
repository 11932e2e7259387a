/** Answers questions in the test's own process. */
import type { ArtifactStore } from '../../core/ports/service/objects.ts';
import { MemoryScratch } from '../../plugins/in-memory/ports.ts';
import { testEngine } from '../../plugins/testing/harness.ts';
import { type AskQuestion, answer } from '../questions/questions.ts';

export function askHere(artifacts: ArtifactStore): AskQuestion {
  const createScratch = () => Object.assign(new MemoryScratch(), { dispose: () => {} });
  return ((question) => answer(question, { engine: testEngine(), artifacts, createScratch })) as AskQuestion;
}
