// Expressions and their placeholders on the command line: `--names '#s=status'`, `--values ':min=5'` or as JSON.

import type { Command } from 'commander';
import { CommandError } from './table.js';
import { parseItem, typedItem, type TypedItem } from './typed-json.js';

export interface ExpressionOptions {
  readonly names?: readonly string[];
  readonly values?: readonly string[];
  readonly typed?: boolean;
}

export function withPlaceholders(command: Command): Command {
  return command
    .option('--names <#name=attribute...>', 'names for placeholders in expressions')
    .option('--values <:name=value...>', 'values for placeholders: JSON, or text if it is none');
}

/** The members of a request. With `--typed` an object among the values is a typed one. */
export function placeholders({ names, values, typed }: ExpressionOptions): object {
  return {
    ...(names === undefined
      ? {}
      : { ExpressionAttributeNames: Object.fromEntries(names.map(pair)) }),
    ...(values === undefined
      ? {}
      : { ExpressionAttributeValues: valuesOf(values, typed === true) }),
  };
}

function valuesOf(words: readonly string[], typed: boolean): TypedItem {
  const items = words.map((word) => {
    const [name, text] = pair(word);
    return valueItem(name, text, typed);
  });
  return Object.assign({}, ...items) as TypedItem;
}

function valueItem(name: string, text: string, typed: boolean): TypedItem {
  const member = JSON.stringify(name);
  try {
    return parseItem(`{${member}:${text}}`, typed && text.trimStart().startsWith('{'));
  } catch {
    if (typed) throw new CommandError(`${name}: ${text} is no typed value such as {"N":"5"}.`);
    return typedItem({ [name]: text });
  }
}

function pair(word: string): [string, string] {
  const at = word.indexOf('=');
  if (at <= 0) throw new CommandError(`${word}: a placeholder is given as name=value.`);
  return [word.slice(0, at), word.slice(at + 1)];
}
