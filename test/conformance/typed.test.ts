// The conformance suite through db.execute: requests and answers in DynamoDB's typed shapes.

import { openDatabase } from '../../host/index.js';
import { MemoryStore } from '../model/memory-store.js';
import { conformance } from './suite.js';
import { typedDoor } from './typed-door.js';

conformance(async () => typedDoor(await openDatabase(async () => new MemoryStore())));
