// The form of values for requests and answers in DynamoDB's typed shapes.

import type { ItemForm } from '../engine/store.js';
import type { OperationContext, ValueForm } from '../operation/context.js';
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

/** The same context for each form of typed values, by what holds binary ones; `raw`: items as JSON. */
export type TypedContexts = Readonly<Record<BinaryForm | 'raw', OperationContext>>;

export function typedContexts(context: OperationContext): TypedContexts {
  return {
    bytes: { ...context, values: typedValues('bytes') },
    base64: { ...context, values: typedValues('base64') },
    raw: { ...context, values: typedValues('base64', 'json') },
  };
}
