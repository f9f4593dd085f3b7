// Operands of compiled conditions: a constant, a path into the item, or the size of one of those.
//
// Each gives a position in bytes: its own if it has some, else the item's. So every operator is one
// function over encoded values, whatever its operands are.

import { encodeValue } from '../core/codec/encode-value.js';
import type { EncodedItem } from '../core/codec/encoded-item.js';
import { pathFinder } from '../core/codec/encoded-path.js';
import { sizeAt } from '../core/codec/encoded-value.js';
import { writeNumber } from '../core/codec/number-writer.js';
import type { AttributeValue, TypeName } from '../table/item-types.js';
import { typeOfValue } from '../table/item-value.js';
import type { Path } from './path.js';

export interface Operand {
  /** Of a constant, or N for a size; what a path leads to is known by the item alone. */
  readonly type: TypeName | undefined;
  /** Undefined for paths: then positions are in the item's bytes. */
  readonly bytes: Uint8Array | undefined;
  /** Where the value lies, or -1 if there is none. Good until the next call. */
  readonly at: (item: EncodedItem) => number;
  readonly path?: Path;
  /** Of a constant. */
  readonly value?: AttributeValue;
}

export function constantOperand(value: AttributeValue, parameter: string): Operand {
  return {
    type: typeOfValue(value),
    bytes: encodeValue(value, parameter),
    at: () => 0,
    value,
  };
}

export function pathOperand(path: Path): Operand {
  return { type: undefined, bytes: undefined, at: pathFinder(path), path };
}

const INTEGER_BYTES_MAX = 9;

/** Types without a size have no value here. */
export function sizeOperand(of: Operand): Operand {
  const bytes = new Uint8Array(INTEGER_BYTES_MAX);
  const at = (item: EncodedItem): number => {
    const found = of.at(item);
    if (found < 0) return -1;
    const size = sizeAt(of.bytes ?? item.u8, found);
    if (size < 0) return -1;
    writeNumber(bytes, 0, INTEGER_BYTES_MAX, size);
    return 0;
  };
  return { type: 'N', bytes, at };
}
