import * as h from './harness.ts';
const s=h.shardOf({build:(process.argv[2]??'checked') as h.Build});
s.core.testPatience(20);
console.log([...new Uint32Array(s.memory.buffer,65536+128,4)]);
s.view.setUint32(65536 + 128, 2, true);
const b=Date.now();
console.log('wait', s.core.latchWait(), Date.now()-b,[...new Uint32Array(s.memory.buffer,65536+128,4)], s.core.poisonCode());
