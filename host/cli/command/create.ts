// `ferrite create <table>`: CreateTable from a few words, or from a whole input in a file.

import type { Command } from 'commander';
import { readText } from '../../../io/disk/text-files.js';
import { databaseCommand, withExamples, withTarget, type CommonOptions } from '../shell/command.js';
import { CommandError } from '../shell/table.js';

interface CreateOptions extends CommonOptions {
  readonly pk?: string;
  readonly sk?: string;
  readonly gsi?: readonly string[];
  readonly lsi?: readonly string[];
  readonly stream?: string;
  readonly ttl?: string;
  readonly input?: string;
}

export function create(program: Command): void {
  withExamples(
    databaseCommand(program, 'create', 'Makes a table.')
      .argument('<table>')
      .option('--pk <name[:type]>', 'partition key; the type is S (default), N or B')
      .option('--sk <name[:type]>', 'sort key')
      .option(
        '--gsi <index=keys...>',
        'a global secondary index on pk or pk,sk, with all attributes',
      )
      .option('--lsi <index=key...>', 'a local secondary index with all attributes')
      .option('--stream <view>', 'a stream: KEYS_ONLY, NEW_IMAGE, OLD_IMAGE or NEW_AND_OLD_IMAGES')
      .option('--ttl <attribute>', 'the attribute that says when an item expires')
      .option('--input <file>', "CreateTable's whole input as JSON; - reads stdin")
      .action(run),
    'ferrite create Orders --pk user_id --sk order_id',
    'ferrite create Scores --pk game --sk score:N --gsi byPlayer=player,score:N --stream NEW_IMAGE',
    'ferrite create Orders --input create-table.json',
  );
}

async function run(table: string, options: CreateOptions): Promise<void> {
  const input =
    options.input === undefined
      ? inputOf(options)
      : (JSON.parse(await readText(options.input)) as object);
  await withTarget(options, async (target) => {
    const answer = await target.execute('CreateTable', { ...input, TableName: table });
    if (options.ttl !== undefined) {
      const TimeToLiveSpecification = { AttributeName: options.ttl, Enabled: true };
      await target.execute('UpdateTimeToLive', { TableName: table, TimeToLiveSpecification });
    }
    if (options.json === true) console.log(JSON.stringify(answer['TableDescription']));
    else console.error(`Table ${table} is there.`);
  });
}

/** CreateTable's input but for the name. */
export function inputOf({ pk, sk, gsi = [], lsi = [], stream }: Omit<CreateOptions, 'db'>): object {
  if (pk === undefined) throw new CommandError('A table needs --pk, or --input with everything.');
  const types = new Map<string, string>();
  const named = (word: string): string => {
    const [name, type = types.get(name) ?? 'S'] = word.split(':');
    if (name === '' || !['S', 'N', 'B'].includes(type))
      throw new CommandError(
        `${word}: a key attribute is given as name, name:S, name:N or name:B.`,
      );
    types.set(name, type);
    return name;
  };
  const keys = (words: readonly string[]): object[] =>
    words.map((word, at) => ({ AttributeName: named(word), KeyType: at === 0 ? 'HASH' : 'RANGE' }));
  const index = (word: string, first: readonly string[]): object => {
    const [IndexName, attributes = ''] = word.split('=');
    if (attributes === '') throw new CommandError(`${word}: an index is given as index=attribute.`);
    const KeySchema = keys([...first, ...attributes.split(',')]);
    return { IndexName, KeySchema, Projection: { ProjectionType: 'ALL' } };
  };
  const KeySchema = keys(sk === undefined ? [pk] : [pk, sk]);
  const global = gsi.map((word) => index(word, []));
  const local = lsi.map((word) => index(word, [pk]));
  return {
    KeySchema,
    ...(global.length === 0 ? {} : { GlobalSecondaryIndexes: global }),
    ...(local.length === 0 ? {} : { LocalSecondaryIndexes: local }),
    ...(stream === undefined
      ? {}
      : { StreamSpecification: { StreamEnabled: true, StreamViewType: stream } }),
    AttributeDefinitions: [...types].map(([AttributeName, AttributeType]) => ({
      AttributeName,
      AttributeType,
    })),
    BillingMode: 'PAY_PER_REQUEST',
  };
}
