/** A manifest under test, and the check that the records found are those that were promised. */
import assert from 'node:assert/strict';
import type { Crc32c } from '../../../io/disk/bytes.js';
import type { FileSystem } from '../../../io/disk/file-system.js';
import { Journal } from '../../../io/manifest/journal.js';
import { crc32c as tableCrc32c } from './crc32c.js';

export const DATABASE = '/data/db';

export interface OpenedManifest {
  readonly journal: Journal;
  readonly records: string[];
}

export function openManifest(fileSystem: FileSystem, crc32c: Crc32c = tableCrc32c): OpenedManifest {
  const records: string[] = [];
  const journal = Journal.open({
    fileSystem,
    directory: DATABASE,
    crc32c,
    rewriteBytes: 400,
    initial: () => [text('seed 1')],
    onRecord: (payload) => records.push(Buffer.from(payload).toString()),
  });
  return { journal, records };
}

/**
 * A manifest whose records say "+n"; a rewrite folds them into one "= n". Its state is n: how many
 * were appended.
 */
export class ManifestRun {
  readonly journal: Journal;
  /** Appends that returned. */
  acknowledged: number;

  constructor(fileSystem: FileSystem, crc32c?: Crc32c) {
    const { journal, records } = openManifest(fileSystem, crc32c);
    this.journal = journal;
    this.acknowledged = stateOf(records);
  }

  append(): void {
    const next = this.acknowledged + 1;
    this.journal.append(text(`+${next} ${'x'.repeat((next * 7) % 40)}`));
    this.acknowledged = next;
  }

  rewriteIfLarge(): void {
    if (this.journal.wantsRewrite)
      this.journal.rewrite([text('seed 1'), text(`=${this.acknowledged}`)]);
  }
}

/** The state that records lead to; throws when they do not follow each other. */
export function stateOf(records: readonly string[]): number {
  let state = 0;
  records.forEach((record, index) => {
    if (index === 0) {
      assert.equal(record, 'seed 1');
    } else if (record.startsWith('=')) {
      state = Number(record.slice(1));
    } else {
      state++;
      assert.equal(record, `+${state} ${'x'.repeat((state * 7) % 40)}`);
    }
  });
  assert.ok(records.length > 0, 'a database has its first record');
  return state;
}

export function text(content: string): Uint8Array {
  return new Uint8Array(Buffer.from(content));
}
