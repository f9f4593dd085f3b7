// Parsed expressions by their text, for each kind. Programs send few texts many times.
//
// Least recently used in two halves: what is looked up moves to the young half; when that is full,
// the old one is forgotten. So a hit costs one look-up. Texts that do not parse are not kept.

import type { ExpressionKind } from './expression-error.js';

const TEXTS_MAX = 256;
/** Characters of the texts of one half: a tree takes some thirty times its text. */
const CHARACTERS_MAX = 32_768;

/** A parser that remembers what it parsed. */
export function remembering<Tree>(
  parse: (kind: ExpressionKind, text: string) => Tree,
): (kind: ExpressionKind, text: string) => Tree {
  const caches = new Map<ExpressionKind, ParseCache<Tree>>();
  return (kind, text) => {
    let cache = caches.get(kind);
    if (cache === undefined) {
      cache = new ParseCache();
      caches.set(kind, cache);
    }
    return cache.get(text) ?? cache.keep(text, parse(kind, text));
  };
}

class ParseCache<Tree> {
  #young = new Map<string, Tree>();
  #old = new Map<string, Tree>();
  #youngCharacters = 0;

  get(text: string): Tree | undefined {
    const young = this.#young.get(text);
    if (young !== undefined) return young;
    const old = this.#old.get(text);
    return old === undefined ? undefined : this.keep(text, old);
  }

  keep(text: string, tree: Tree): Tree {
    if (this.#young.size >= TEXTS_MAX || this.#youngCharacters > CHARACTERS_MAX) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngCharacters = 0;
    }
    this.#young.set(text, tree);
    this.#youngCharacters += text.length;
    return tree;
  }
}
