// What the document door answers with, and how `execute` may be asked to.

import type { ResponseMetadata } from '../errors.js';
import type { BinaryForm } from './attribute-value.js';

/** An answer, with the metadata that the SDK's answers have. */
export type Answer<Output> = Output & { $metadata: ResponseMetadata };

export interface ExecuteOptions {
  /** What holds binary values: bytes, as in the SDK's clients, or base64 text, as in JSON. Default bytes. */
  binary?: BinaryForm;
  /**
   * For doors that speak JSON: whole items of GetItem, Query and Scan come as JSON text in UTF-8, under RAW_ITEMS of
   * operation/context.ts instead of Item or Items. Implies base64. Default false.
   */
  rawItems?: boolean;
}
