// The latched calls that change which tables are live.
//
// The host has written the files and made the manifest record durable; it describes the edit in the
// IN area:
//   u32 addCount . u32 removeCount . u32 Table[addCount] (registered) . u32 file id[removeCount]

import { BAD_INPUT, IN_BYTES, NOT_FOUND, OK } from '../layout';
import { inPtr, outPtr, result } from '../memory/thread';
import { memtableFrozen } from '../memtable/memtable';
import { frozenRetire } from '../shard/frozen';
import { leave, shardEnter } from '../shard/header';
import { cacheFigures } from './cache';
import { versionChange, versionFigures, versionState } from './version';

/**
 * Makes the edit live: OK, BAD_INPUT, TOO_LARGE (level 0), NO_MEMORY. RESULT.version is the version
 * after the call.
 */
export function versionInstall(): i32 {
  if (!editIsWhole()) return BAD_INPUT;
  const status = shardEnter();
  if (status != OK) return status;
  return leave(install());
}

/**
 * The same for the tables of a flush, and the frozen memtable goes in the same latched call.
 * NOT_FOUND: there is none.
 */
export function flushInstall(): i32 {
  if (!editIsWhole()) return BAD_INPUT;
  const status = shardEnter();
  if (status != OK) return status;
  if (memtableFrozen() == 0) return leave(NOT_FOUND);
  const changed = install();
  if (changed == OK) frozenRetire();
  return leave(changed);
}

function editIsWhole(): bool {
  const words = <u64>load<u32>(inPtr()) + load<u32>(inPtr(), 4) + 2;
  return words <= IN_BYTES >> 2;
}

function install(): i32 {
  const status = versionChange(inPtr());
  result().version = versionState().number;
  return status;
}

/** Figures of version (64 bytes) and cache (32 bytes) to OUT. Latched. */
export function tableStats(): i32 {
  const status = shardEnter();
  if (status != OK) return status;
  versionFigures(outPtr());
  cacheFigures(outPtr() + 64);
  return leave(OK);
}
