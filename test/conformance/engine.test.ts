// The conformance suite on the engine itself: the same cases as on the model, on a temporary database with real threads.

import { openDatabase } from '../../host/open-database.js';
import { openEngine } from '../../host/engine/open-engine.js';
import { conformance } from './suite.js';

conformance(() =>
  openDatabase((path, { durability, random }) =>
    openEngine(path, { durability, random, shards: 2, memoryMb: 64 }),
  ),
);
