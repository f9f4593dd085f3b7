/**
 * The child process's side of harness/children.ts: holds one contender of one suite and measures it
 * on demand.
 */
import type { Reply, Request } from './harness/children.js';
import type { Subject } from './harness/suite.js';
import { loadSuite } from './suites/list.js';

let subject: Subject | undefined;

async function answer(request: Request): Promise<Reply> {
  switch (request.kind) {
    case 'prepare': {
      const suite = await loadSuite(request.suite);
      subject = await suite.prepare(request.contender, request.folder, request.scale);
      return { ok: true };
    }
    case 'measure': {
      if (!subject) throw new Error('asked to measure before it was prepared');
      globalThis.gc?.();
      return { ok: true, sample: await subject.measure(request.task, request.round) };
    }
    case 'close':
      await subject?.close();
      return { ok: true };
  }
}

process.on('message', (message) => {
  answer(message as Request).then(
    (reply) => process.send?.(reply),
    (error: unknown) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.send?.({ ok: false, error: text } satisfies Reply);
    },
  );
});
// The parent went away or is done with us: whatever a rival still holds open must not keep this
// process alive.
process.on('disconnect', () => process.exit(0));
