// The form of values for requests and answers in DynamoDB's typed shapes.

import type { ItemForm } from '../engine/store.js';
import type { ValueForm } from '../operation/context.js';
import {
  readAttributeMap,
  readAttributeValue,
  writeAttributeMap,
  type BinaryForm,
} from './attribute-value.js';

/** `itemForm`: see ValueForm. */
export function typedValues(binary: BinaryForm, itemForm?: ItemForm): ValueForm {
  return {
    readMap: (value, parameter) => readAttributeMap(value, parameter, binary),
    readValue: (value, parameter) => readAttributeValue(value, parameter, binary),
    writeMap: (item) => writeAttributeMap(item, binary),
    itemForm,
  };
}
