// Walks the attributes of a valid item in order, whether its names lie in it or in a list beside it.
//
// `names` is the name list of the item's shape, (u16 nameBytes . name)*; an INLINE item has its own and
// ignores it.

import { NOT_FOUND } from '../layout';
import { shapeNames } from '../shard/shapes';
import { attributeEntry, INLINE, Item } from './item';
import { namedValue } from './value';

/** The name list of an item: the caller's, or that of this shard's shape; 0 if there is none. */
export function namesOf(item: usize, names: usize): usize {
  if (names != 0 || isInline(item)) return names;
  const found = shapeNames(changetype<Item>(item).shapeId);
  return found == NOT_FOUND ? 0 : <usize>found;
}

@inline
export function isInline(item: usize): bool {
  return (changetype<Item>(item).flags & (<u16>INLINE)) != 0;
}

/** The entry `u16 nameBytes . name` of attribute `index`; `name` is that of the list. */
@inline
export function nameEntry(item: usize, index: u32, name: usize, inline: bool): usize {
  return inline ? attributeEntry(item, index) : name;
}

@inline
export function valueOf(item: usize, index: u32, inline: bool): usize {
  const entry = attributeEntry(item, index);
  return inline ? namedValue(entry) : entry;
}

/** The name behind this one in the list. */
@inline
export function nextName(name: usize, inline: bool): usize {
  return inline ? name : namedValue(name);
}
