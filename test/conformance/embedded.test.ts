// The conformance suite on the embedded door, over the model's store.

import { MemoryStore } from '../model/memory-store.js';
import { openDatabase } from '../../host/index.js';
import { conformance } from './suite.js';

conformance(() => openDatabase(async () => new MemoryStore()));
