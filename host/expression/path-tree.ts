// The paths of a projection or an update as one tree, and the two rules about paths side by side:
//   overlap   one is a prefix of another, or both are the same
//   conflict  they use one value as a map and as a list
// Both are found while the tree is built, in time linear in the paths' lengths.

import { expressionError, type ExpressionKind } from './expression-error.js';
import { shownPath, type Path } from './path.js';

/** A place that paths go through, or where one ends. */
export interface PathTreeNode {
  /** The position of the path that ends here, else -1. Where one ends there are no children. */
  leaf: number;
  /** Children by name or by list index, never both once the tree is checked. */
  names: Map<string, PathTreeNode> | undefined;
  /** In ascending order of the indexes once the tree is built. */
  indexes: Map<number, PathTreeNode> | undefined;
  /** The first path that came through here, for messages. */
  readonly first: Path;
}

/** The root's children are the top-level attributes. */
export interface PathTree {
  readonly names: ReadonlyMap<string, PathTreeNode>;
}

/** Throws the first overlap; if there is none, the first conflict. */
export function buildPathTree(kind: ExpressionKind, paths: readonly Path[]): PathTree {
  const names = new Map<string, PathTreeNode>();
  let conflict: readonly [Path, Path] | undefined;
  paths.forEach((path, i) => {
    let node = childOf(names, path[0], path);
    for (let depth = 1; depth < path.length; depth++) {
      if (node.leaf >= 0) throw overlap(kind, node.first, path);
      const element = path[depth];
      const other = typeof element === 'string' ? node.indexes : node.names;
      if (other !== undefined && conflict === undefined) {
        const [sibling] = other.values();
        conflict = [sibling.first, path];
      }
      if (typeof element === 'string') node = childOf((node.names ??= new Map()), element, path);
      else node = childOf((node.indexes ??= new Map()), element, path);
    }
    if (node.first !== path) throw overlap(kind, node.first, path);
    node.leaf = i;
  });
  if (conflict !== undefined) {
    throw expressionError(kind, `Two document paths conflict${pairText(...conflict)}`);
  }
  for (const node of names.values()) sortIndexes(node);
  return { names };
}

function childOf<Key>(children: Map<Key, PathTreeNode>, key: Key, path: Path): PathTreeNode {
  let child = children.get(key);
  if (child === undefined) {
    child = { leaf: -1, names: undefined, indexes: undefined, first: path };
    children.set(key, child);
  }
  return child;
}

function sortIndexes(node: PathTreeNode): void {
  for (const child of node.names?.values() ?? []) sortIndexes(child);
  if (node.indexes === undefined) return;
  node.indexes = new Map([...node.indexes].sort(([left], [right]) => left - right));
  for (const child of node.indexes.values()) sortIndexes(child);
}

function overlap(kind: ExpressionKind, one: Path, two: Path): Error {
  return expressionError(kind, `Two document paths overlap${pairText(one, two)}`);
}

function pairText(one: Path, two: Path): string {
  return (
    ' with each other; must remove or rewrite one of these paths; ' +
    `path one: ${shownPath(one)}, path two: ${shownPath(two)}`
  );
}
