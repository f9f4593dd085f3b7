/**
 * The experiments by number, loaded one at a time so that a child pulls in only what it measures.
 */
import type { Suite } from '../harness/suite.js';

const FILES: Record<string, () => Promise<{ suite: Suite }>> = {
  E1: () => import('./e01-get-sync.js'),
  E2: () => import('./e02-get-awaited.js'),
  E3: () => import('./e03-put-in-flight.js'),
  E4: () => import('./e04-put-one-by-one.js'),
  E5: () => import('./e05-query-and-scan.js'),
  E6: () => import('./e06-filtered-scan.js'),
  E7: () => import('./e07-conditional-update.js'),
  E8: () => import('./e08-larger-than-memory.js'),
  E9: () => import('./e09-reopen-after-crash.js'),
  E10: () => import('./e10-two-threads.js'),
  E11: () => import('./e11-space.js'),
  E12: () => import('./e12-put-with-indexes.js'),
  E13: () => import('./e13-count.js'),
  T1: () => import('./t01-transact-write.js'),
  S1: () => import('./s01-http.js'),
};

export const SUITE_IDS: readonly string[] = Object.keys(FILES);

export async function loadSuite(id: string): Promise<Suite> {
  const load = FILES[id];
  if (!load) throw new Error(`no experiment ${id}; there are ${SUITE_IDS.join(' ')}`);
  return (await load()).suite;
}
