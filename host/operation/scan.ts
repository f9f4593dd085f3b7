// Scan: the items of a table, an index or one segment of either, in the order of the partition
// keys' hash, a page at a time.

import { ValidationException } from '../errors.js';
import type { IndexScanRange, ScanRange } from '../engine/store.js';
import { checkParameters } from '../expression/parameters.js';
import { Placeholders } from '../expression/placeholders.js';
import { TOTAL_SEGMENTS_MAX } from '../limits.js';
import { itemFault } from '../table/item-value.js';
import { compileReadFilter, compileReadProjection } from './conditions.js';
import { rangeFault, throwFaults } from './constraints.js';
import type { OperationContext } from './context.js';
import { readComparisons, type LegacyCondition } from './legacy-parameters.js';
import { readPage, requireIndex, type PageOutput, type PageRequest } from './page.js';
import {
  checkPageParameters,
  readPageParameters,
  selectFault,
  type PageInput,
} from './page-request.js';
import { checkScanStart } from './start-key.js';
import { readInteger } from './wire-types.js';

export interface ScanInput extends PageInput {
  /** This segment of `TotalSegments`, from 0: both or neither. */
  Segment?: number;
  TotalSegments?: number;
  /** Legacy: use FilterExpression. */
  ScanFilter?: Record<string, LegacyCondition>;
}

export type ScanOutput = PageOutput;

interface ScanRequest extends PageRequest {
  readonly segment: number | undefined;
  readonly totalSegments: number | undefined;
}

export async function scan(context: OperationContext, rawInput: unknown): Promise<ScanOutput> {
  const request = readScan(context, rawInput);
  const { parameters, segment, totalSegments } = request;
  const table = context.catalog.require(parameters.tableName);
  const index = requireIndex(table, parameters);
  const range: ScanRange | IndexScanRange =
    index === undefined
      ? { kind: 'scan', segment, totalSegments }
      : { kind: 'indexScan', index, segment, totalSegments };
  if (parameters.startKey !== undefined) {
    checkScanStart(context.store, table, range, parameters.startKey);
  }
  return readPage(context, table, range, request, false);
}

function readScan(context: OperationContext, rawInput: unknown): ScanRequest {
  const raw = readPageParameters(context, 'scan', rawInput);
  const { input, names, values, startKey } = raw;
  const segment = readInteger(input.Segment, 'Segment');
  const totalSegments = readInteger(input.TotalSegments, 'TotalSegments');
  const legacyFilter = readComparisons(context.values, input, 'ScanFilter');

  const parameters = checkPageParameters(raw, (limit) => rangeFault(limit, 'limit', 1));
  throwFaults([rangeFault(totalSegments, 'totalSegments', 1, TOTAL_SEGMENTS_MAX)]);
  throwFaults([rangeFault(segment, 'segment', 0, TOTAL_SEGMENTS_MAX - 1)]);
  throwFaults(legacyFilter.faults);
  checkParameters('Scan', input);
  const selectProblem = selectFault(parameters);
  if (selectProblem !== undefined) throw new ValidationException(selectProblem);
  checkSegments(segment, totalSegments);
  if (startKey !== undefined) {
    const fault = itemFault(startKey, 'ExclusiveStartKey', 'older');
    if (fault !== undefined) throw new ValidationException(fault);
  }
  const placeholders = new Placeholders({ names, values }, { wording: 'older' });
  const filter = compileReadFilter(
    parameters.filter,
    'ScanFilter',
    legacyFilter.entries,
    parameters.conditionalOperator,
    placeholders,
    'older',
  );
  const projection = compileReadProjection(
    parameters.projection,
    parameters.attributesToGet,
    placeholders,
  );
  placeholders.checkAllUsed();
  return { parameters, filter, projection, segment, totalSegments };
}

function checkSegments(segment: number | undefined, totalSegments: number | undefined): void {
  if (segment === undefined && totalSegments === undefined) return;
  if (totalSegments === undefined) {
    throw new ValidationException(
      'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
    );
  }
  if (segment === undefined) {
    throw new ValidationException(
      'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
    );
  }
  if (segment >= totalSegments) {
    throw new ValidationException(
      'The Segment parameter is zero-based and must be less than parameter TotalSegments: ' +
        `Segment: ${segment} is not less than TotalSegments: ${totalSegments}`,
    );
  }
}
