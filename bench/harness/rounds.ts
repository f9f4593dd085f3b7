/**
 * Runs one suite: prepares its contenders, measures them in alternating rounds, cleans up. Each
 * contender gets a folder of its own under `workspace`; all are removed at the end, also after an
 * error.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Contestant } from './children.js';
import { Measured } from './suite.js';
import type { Scale, Suite } from './suite.js';

export type Progress = (text: string) => void;

/** Odd rounds go the other way, so that nobody is always first after a pause. */
export function roundOrder<T>(contenders: readonly T[], round: number): T[] {
  return round % 2 === 0 ? [...contenders] : [...contenders].reverse();
}

export async function runSuite(
  suite: Suite,
  scale: Scale,
  workspace: string,
  progress: Progress,
): Promise<Measured> {
  const plan = suite.plan(scale);
  const measured = new Measured();
  const alive = new Set<Contestant>();
  const base = join(workspace, `${suite.slug}-${process.pid}`);

  const start = async (contender: string, round: number): Promise<Contestant> => {
    const folder = join(base, `${contender.replaceAll(/[^\w.-]+/g, '-')}-${round}`);
    mkdirSync(folder, { recursive: true });
    progress(`${suite.id} ${contender}: preparing`);
    const contestant = await Contestant.start(suite.id, contender, folder, scale);
    alive.add(contestant);
    return contestant;
  };
  const measure = async (contestant: Contestant, round: number): Promise<void> => {
    for (const task of plan.tasks(contestant.name)) {
      progress(`${suite.id} round ${round + 1}/${plan.rounds} ${contestant.name}: ${task}`);
      measured.add(contestant.name, task, await contestant.measure(task, round));
    }
  };
  const close = async (contestant: Contestant): Promise<void> => {
    await contestant.close();
    alive.delete(contestant);
  };

  try {
    const held: Contestant[] = [];
    if (!plan.freshEveryRound) {
      for (const contender of plan.contenders) held.push(await start(contender, 0));
    }
    for (let round = 0; round < plan.rounds; round++) {
      if (!plan.freshEveryRound) {
        for (const contestant of roundOrder(held, round)) await measure(contestant, round);
        continue;
      }
      for (const contender of roundOrder(plan.contenders, round)) {
        const contestant = await start(contender, round);
        await measure(contestant, round);
        await close(contestant);
      }
    }
    for (const contestant of held) await close(contestant);
    return measured;
  } finally {
    for (const contestant of alive) contestant.abandon();
    rmSync(base, { recursive: true, force: true });
  }
}
