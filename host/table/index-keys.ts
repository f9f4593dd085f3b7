// The attributes of an item that are keys of secondary indexes: they may be absent, but not of
// another type, empty or oversize. The same on every path that writes.

import { ValidationException } from '../errors.js';
import type { IndexDefinition, TableDefinition } from '../engine/store.js';
import type { AttributeValue, Item, KeyAttribute, KeyValue } from './item-types.js';
import { typeOfValue } from './item-value.js';
import { hasKeyType, keyValueFault } from './key-schema.js';

const INVALID = 'One or more parameter values were invalid: ';
const NOT_VALID = 'One or more parameter values are not valid. ';

/**
 * The first fault of an item that is put, or of one that an update has made: then only attributes
 * that the update touched are looked at, as older ones may date from before the index.
 */
export function indexKeyFault(
  table: TableDefinition,
  item: Item,
  touched?: ReadonlySet<string>,
): ValidationException | undefined {
  return firstFault(table, item, touched, (key) => typeFault(key) ?? sizeFault(key));
}

/** Of those faults the first empty or oversize value, types left aside. */
export function indexKeyValueFault(
  table: TableDefinition,
  item: Item,
): ValidationException | undefined {
  return firstFault(table, item, undefined, (key) =>
    typeFault(key) === undefined ? sizeFault(key) : undefined,
  );
}

/** One key attribute of an index, and the value it has in an item. */
interface IndexKey {
  readonly index: IndexDefinition;
  readonly attribute: KeyAttribute;
  readonly role: 'partition' | 'sort';
  readonly value: AttributeValue;
  readonly updated: boolean;
}

function firstFault(
  { indexes }: TableDefinition,
  item: Item,
  touched: ReadonlySet<string> | undefined,
  faultOf: (key: IndexKey) => ValidationException | undefined,
): ValidationException | undefined {
  if (indexes === undefined) return undefined;
  const updated = touched !== undefined;
  for (const index of byName(indexes)) {
    for (const role of ['partition', 'sort'] as const) {
      for (const attribute of index[role]) {
        const { name } = attribute;
        if (!Object.hasOwn(item, name) || touched?.has(name) === false) continue;
        const fault = faultOf({ index, attribute, role, value: item[name], updated });
        if (fault !== undefined) return fault;
      }
    }
  }
  return undefined;
}

function byName(indexes: readonly IndexDefinition[]): readonly IndexDefinition[] {
  return indexes.length < 2
    ? indexes
    : [...indexes].sort((left, right) => (left.name < right.name ? -1 : 1));
}

function typeFault({ index, attribute, value }: IndexKey): ValidationException | undefined {
  const { name, type } = attribute;
  if (hasKeyType(value, type)) return undefined;
  return new ValidationException(
    `${INVALID}Type mismatch for Index Key ${name} Expected: ${type} Actual: ${typeOfValue(value)} ` +
      `IndexName: ${index.name}`,
  );
}

/** The value has the type of the key. */
function sizeFault(key: IndexKey): ValidationException | undefined {
  const value = key.value as KeyValue;
  return isEmpty(value)
    ? emptyKey(key.index, key.attribute, key.updated)
    : keyValueFault(key.attribute, value, key.role);
}

function isEmpty(value: KeyValue): boolean {
  return value === '' || (value instanceof Uint8Array && value.byteLength === 0);
}

function emptyKey(
  index: IndexDefinition,
  { name, type }: KeyAttribute,
  updated: boolean,
): ValidationException {
  const empty = `The AttributeValue for a key attribute cannot contain an empty ${type === 'S' ? 'string' : 'binary'} value.`;
  return new ValidationException(
    updated
      ? `${NOT_VALID}The update expression attempted to update a secondary index key to a value that is not supported. ${empty}`
      : `${NOT_VALID}A value specified for a secondary index key is not supported. ${empty} ` +
          `IndexName: ${index.name}, IndexKey: ${name}`,
  );
}
