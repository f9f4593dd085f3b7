// The names of the key attributes of a table and of its indexes, and what paths may do with them.

import type { StoredTable } from '../engine/store.js';
import { checkKeyPaths } from '../expression/key-attributes.js';
import type { Path } from '../expression/path.js';
import type { KeyAttribute } from '../table/item-types.js';
import { keyAttributes } from '../table/key-schema.js';

const NO_NAMES: ReadonlySet<string> = new Set();
const namesOfKeys = new WeakMap<object, ReadonlySet<string>>();

/** Exactly the names of the table's key attributes. */
export function tableKeyNames({ key }: StoredTable): ReadonlySet<string> {
  return remembered(key, () => keyAttributes(key));
}

/** The key attributes of all its indexes. */
export function indexKeyNames({ indexes }: StoredTable): ReadonlySet<string> {
  if (indexes === undefined) return NO_NAMES;
  return remembered(indexes, () =>
    indexes.flatMap(({ partition, sort }) => [...partition, ...sort]),
  );
}

/** Definitions never change: a changed table has new ones. */
function remembered(part: object, attributes: () => readonly KeyAttribute[]): ReadonlySet<string> {
  let names = namesOfKeys.get(part);
  if (names === undefined) {
    names = new Set(attributes().map(({ name }) => name));
    namesOfKeys.set(part, names);
  }
  return names;
}

/** Throws if what a read shows or filters by is inside a key attribute, which has no inside. */
export function checkReadPaths(table: StoredTable, paths: readonly Path[] | undefined): void {
  if (paths === undefined) return;
  checkKeyPaths(paths, tableKeyNames(table), indexKeyNames(table));
}
