// `ferrite tail <table>`: the changes of a table as they happen, a line each, until Ctrl-C. The table needs a stream.

import type { Command } from 'commander';
import {
  databaseCommand,
  withExamples,
  withTarget,
  withTyped,
  type CommonOptions,
} from '../shell/command.js';
import { CommandError, describe } from '../shell/table.js';
import { itemText, type TypedItem } from '../shell/typed-json.js';
import type { Target } from '../shell/target.js';

const PAUSE_MS = 200;

interface Change {
  readonly eventName: string;
  readonly dynamodb: {
    readonly Keys: TypedItem;
    readonly OldImage?: TypedItem;
    readonly NewImage?: TypedItem;
    readonly SequenceNumber: string;
    /** Seconds over HTTP. */
    readonly ApproximateCreationDateTime: Date | number;
  };
}

export function tail(program: Command): void {
  withExamples(
    withTyped(databaseCommand(program, 'tail', 'Prints changes of a table as they happen.'))
      .argument('<table>')
      .option('--from-start', 'from the oldest change that is kept')
      .option('--once', 'end when there is nothing more to print')
      .action(run),
    'ferrite tail Orders --db ./data/ferrite.sock',
    'ferrite tail Orders --from-start --once --json',
  );
}

async function run(
  table: string,
  options: CommonOptions & { fromStart?: boolean; once?: boolean },
): Promise<void> {
  await withTarget(options, async (target) => {
    const { LatestStreamArn: StreamArn } = await describe(target, table);
    if (StreamArn === undefined)
      throw new CommandError(
        `${table} has no stream. Make one: ferrite create ... --stream NEW_IMAGE`,
      );
    const ShardIteratorType = options.fromStart === true ? 'TRIM_HORIZON' : 'LATEST';
    const iterators = new Map<string, string>();
    for (const ShardId of await shardsOf(target, StreamArn)) {
      const begun = await target.execute('GetShardIterator', {
        StreamArn,
        ShardId,
        ShardIteratorType,
      });
      iterators.set(ShardId, begun['ShardIterator'] as string);
    }
    let stopped = false;
    process.once('SIGINT', () => {
      stopped = true;
    });
    while (!stopped && iterators.size > 0) {
      let printed = 0;
      for (const [shard, ShardIterator] of iterators) {
        const answer = await target.execute('GetRecords', { ShardIterator });
        for (const change of answer['Records'] as Change[]) print(change, options);
        printed += (answer['Records'] as Change[]).length;
        const next = answer['NextShardIterator'] as string | undefined;
        if (next === undefined) iterators.delete(shard);
        else iterators.set(shard, next);
      }
      if (printed > 0) continue;
      if (options.once === true) return;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  });
}

async function shardsOf(target: Target, StreamArn: string): Promise<string[]> {
  const shards: string[] = [];
  for (let last: unknown; ; ) {
    const more = last === undefined ? {} : { ExclusiveStartShardId: last };
    const { StreamDescription } = await target.execute('DescribeStream', { StreamArn, ...more });
    const described = StreamDescription as {
      Shards: { ShardId: string }[];
      LastEvaluatedShardId?: string;
    };
    shards.push(...described.Shards.map(({ ShardId }) => ShardId));
    last = described.LastEvaluatedShardId;
    if (last === undefined) return shards;
  }
}

function print({ eventName, dynamodb }: Change, { json, typed }: CommonOptions): void {
  const { Keys, NewImage, OldImage } = dynamodb;
  const text = (item: TypedItem): string => itemText(item, typed === true);
  if (json === true) {
    const images = [
      ...(OldImage === undefined ? [] : [`"old":${text(OldImage)}`]),
      ...(NewImage === undefined ? [] : [`"new":${text(NewImage)}`]),
    ];
    console.log(
      `{"event":"${eventName}","sequence":"${dynamodb.SequenceNumber}",${[`"keys":${text(Keys)}`, ...images].join(',')}}`,
    );
    return;
  }
  const time = dynamodb.ApproximateCreationDateTime;
  const at = new Date(typeof time === 'number' ? time * 1000 : time).toISOString().slice(11, 19);
  console.log(`${at} ${eventName.padEnd(6)} ${text(NewImage ?? OldImage ?? Keys)}`);
}
