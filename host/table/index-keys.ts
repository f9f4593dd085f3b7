// The attributes of an item that are keys of secondary indexes: they may be absent, but not of
// another type, empty or oversize. The same on every path that writes.

import { ValidationException } from '../errors.js';
import type { IndexDefinition, TableDefinition } from '../engine/store.js';
import type { Item, KeyAttribute, KeyValue } from './item-types.js';
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
  if (table.indexes === undefined) return undefined;
  for (const index of byName(table.indexes)) {
    const fault =
      faultOf(index, index.partition, 'partition', item, touched) ??
      faultOf(index, index.sort, 'sort', item, touched);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function byName(indexes: readonly IndexDefinition[]): readonly IndexDefinition[] {
  return indexes.length < 2
    ? indexes
    : [...indexes].sort((left, right) => (left.name < right.name ? -1 : 1));
}

function faultOf(
  index: IndexDefinition,
  attributes: readonly KeyAttribute[],
  role: 'partition' | 'sort',
  item: Item,
  touched: ReadonlySet<string> | undefined,
): ValidationException | undefined {
  for (const attribute of attributes) {
    const { name, type } = attribute;
    if (!Object.hasOwn(item, name) || touched?.has(name) === false) continue;
    const value = item[name];
    if (!hasKeyType(value, type)) {
      return new ValidationException(
        `${INVALID}Type mismatch for Index Key ${name} Expected: ${type} Actual: ${typeOfValue(value)} ` +
          `IndexName: ${index.name}`,
      );
    }
    if (isEmpty(value)) return emptyKey(index, attribute, touched !== undefined);
    const oversize = keyValueFault(attribute, value, role);
    if (oversize !== undefined) return oversize;
  }
  return undefined;
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
