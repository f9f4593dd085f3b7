// Document paths with their placeholders resolved: `a.#b[3]` is ['a', 'target of #b', 3].

import type { ExpressionKind } from './expression-error.js';
import type { Placeholders } from './placeholders.js';
import type { PathNode } from './syntax-tree.js';

/** Names and list indexes; the first is the name of a top-level attribute. */
export type Path = readonly [string, ...(string | number)[]];

export function resolvePath(
  kind: ExpressionKind,
  node: PathNode,
  placeholders: Placeholders,
): Path {
  const elements = node.elements.map((element) => {
    if (element.kind === 'index') return element.index;
    return element.placeholder ? placeholders.name(kind, element.text) : element.text;
  });
  return elements as [string, ...(string | number)[]];
}

/** As messages show it: `[a, b, [3]]`. */
export function shownPath(path: Path): string {
  const elements = path.map((element) => (typeof element === 'number' ? `[${element}]` : element));
  return `[${elements.join(', ')}]`;
}

export function samePath(left: Path, right: Path): boolean {
  return left.length === right.length && left.every((element, i) => element === right[i]);
}

/** The top-level attributes that paths lead into, each once, in their order. */
export function attributesOf(paths: readonly Path[]): ReadonlySet<string> {
  return new Set(paths.map(([name]) => name));
}
