// SearchVectors: no table has a vector index, so none is found.

import { ValidationException } from '../errors.js';
import { VECTOR_RESULTS_MAX } from '../limits.js';
import type { OperationContext } from './context.js';
import { readStrictInput } from './service-model/strict-input.js';

export interface SearchVectorsInput {
  /** Name or ARN. */
  TableName: string;
  IndexName: string;
  SearchVector: unknown[];
  /** 1 to 100. */
  TopK: number;
}

export async function searchVectors(context: OperationContext, rawInput: unknown): Promise<never> {
  const input = readStrictInput<SearchVectorsInput>('SearchVectors', rawInput);
  if (input.TopK < 1 || input.TopK > VECTOR_RESULTS_MAX) {
    throw new ValidationException(
      `Provided TopK value '${input.TopK}' is out of valid range. ` +
        `The value must be between 1 and ${VECTOR_RESULTS_MAX} inclusive`,
    );
  }
  context.catalog.require(input.TableName);
  throw new ValidationException(`The table does not have the specified index: ${input.IndexName}`);
}
