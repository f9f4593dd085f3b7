// The form of values for requests and answers in DynamoDB's typed shapes.

import type { ValueForm } from '../operation/context.js';
import {
  readAttributeMap,
  readAttributeValue,
  writeAttributeMap,
  type BinaryForm,
} from './attribute-value.js';

export function typedValues(binary: BinaryForm): ValueForm {
  return {
    readMap: (value, parameter) => readAttributeMap(value, parameter, binary),
    readValue: (value, parameter) => readAttributeValue(value, parameter, binary),
    writeMap: (item) => writeAttributeMap(item, binary),
  };
}
