/** Questions about runs that cannot be answered. */
import { RelayError } from '../../../core/errors.ts';
import { ApiError } from '../../http/errors.ts';

export async function noEngine(): Promise<never> {
  throw new ApiError('NO_ENGINE', 'an edge runtime has no engine: ask the API that runs beside the workers');
}

/** The error as the API answers it. */
export function asNotExplainable(error: unknown): unknown {
  if (!(error instanceof RelayError) || error.code !== 'not_explainable') return error;
  return new ApiError('RUN_NOT_EXPLAINABLE', error.message);
}
