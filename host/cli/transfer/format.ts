// The formats of import and export, and which one a name means.

import { isDirectory } from '../../../io/disk/text-files.js';

export const FORMATS = ['jsonl', 'csv', 'dynamodb'] as const;
export type Format = (typeof FORMATS)[number];

export function formatOf(file: string): Format {
  const name = file.replace(/\.gz$/, '');
  if (name.endsWith('.csv')) return 'csv';
  return isDirectory(file) ? 'dynamodb' : 'jsonl';
}
