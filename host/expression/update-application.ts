// One update of one item: the tree of its paths walked along the old item, the clauses at its leaves.

import { setOwn } from '../core/codec/plain-object.js';
import { ValidationException } from '../errors.js';
import type { AttributeValue, Item } from '../table/item-types.js';
import type { PathTree, PathTreeNode } from './path-tree.js';
import { isMap } from './projection.js';
import { resultOf, type UpdateClause } from './update-clause.js';
import { isList } from './update-value.js';

type Names = ReadonlyMap<string, PathTreeNode>;
type Indexes = ReadonlyMap<number, PathTreeNode>;
type Value = AttributeValue | undefined;

export class UpdateApplication {
  readonly #clauses: readonly UpdateClause[];
  readonly #old: Item | undefined;

  constructor(clauses: readonly UpdateClause[], old: Item | undefined) {
    this.#clauses = clauses;
    this.#old = old;
  }

  /** The whole new item; `key` is what it begins with where there is no old one. */
  changedItem({ names }: PathTree, key: Item): Item {
    return this.#changedMap(names, this.#old ?? key);
  }

  /** What is at the paths of the tree afterwards, and nothing else; undefined if nothing is. */
  newValues({ names }: PathTree): Item | undefined {
    return this.#newMembers(names, this.#old ?? {});
  }

  #changedMap(names: Names, map: Item): Item {
    const changed = { ...map };
    const removed: string[] = [];
    for (const [name, node] of names) {
      const current = Object.hasOwn(map, name) ? map[name] : undefined;
      const value = this.#changedValue(node, current);
      if (value !== undefined) setOwn(changed, name, value);
      else if (current !== undefined) removed.push(name);
    }
    return removed.length === 0 ? changed : without(changed, new Set(removed));
  }

  #changedValue(node: PathTreeNode, current: Value): Value {
    if (node.leaf >= 0) return resultOf(this.#clauses[node.leaf], this.#old, current);
    if (node.names !== undefined && isMap(current)) return this.#changedMap(node.names, current);
    if (node.indexes !== undefined && isList(current)) {
      return this.#changedList(node.indexes, current);
    }
    if (this.#old === undefined && this.#onlyRemoves(node)) return undefined;
    throw new ValidationException(
      'The document path provided in the update expression is invalid for update',
    );
  }

  /** All indexes are those before the update; what is set past the end is appended in their order. */
  #changedList(indexes: Indexes, list: readonly AttributeValue[]): AttributeValue[] {
    const changed: Value[] = [...list];
    for (const [index, node] of indexes) {
      const value = this.#changedValue(node, list[index]);
      if (index < list.length) changed[index] = value;
      else changed.push(value);
    }
    return changed.filter((value) => value !== undefined);
  }

  #onlyRemoves({ leaf, names, indexes }: PathTreeNode): boolean {
    if (leaf >= 0) {
      const { action } = this.#clauses[leaf];
      return action === 'REMOVE' || action === 'DELETE';
    }
    const children: Iterable<PathTreeNode> = (names ?? indexes ?? new Map()).values();
    return [...children].every((child) => this.#onlyRemoves(child));
  }

  #newMembers(names: Names, map: Item): Item | undefined {
    let members: Item | undefined;
    for (const [name, node] of names) {
      const value = this.#newValue(node, Object.hasOwn(map, name) ? map[name] : undefined);
      if (value !== undefined) setOwn((members ??= {}), name, value);
    }
    return members;
  }

  #newValue(node: PathTreeNode, current: Value): Value {
    if (node.leaf >= 0) return resultOf(this.#clauses[node.leaf], this.#old, current);
    if (node.names !== undefined) {
      return isMap(current) ? this.#newMembers(node.names, current) : undefined;
    }
    if (node.indexes === undefined || !isList(current)) return undefined;
    const elements = [...node.indexes]
      .map(([index, child]) => this.#newValue(child, current[index]))
      .filter((value) => value !== undefined);
    return elements.length > 0 ? elements : undefined;
  }
}

/** A copy without some names. Deleting them would leave an object that is slow to encode. */
function without(map: Item, names: ReadonlySet<string>): Item {
  const rest: Item = {};
  for (const name of Object.keys(map)) {
    if (!names.has(name)) setOwn(rest, name, map[name]);
  }
  return rest;
}
