import { openDatabase } from './host/index.js';
import { openEngine } from './host/engine/open-engine.js';
import { conformance } from './test/conformance/suite.js';
conformance(() => openDatabase((p, o) => openEngine(p, { durability: o.durability, shards: 2, memoryMb: 64, random: o.random })));
