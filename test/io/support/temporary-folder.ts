/** A folder of the real disk that goes away with the test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

export function temporaryFolder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'ferrite-test-'));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
