// A leaderboard: the best of a game, and the rank of any player.
//
//   table  Scores    game (partition key), player (sort key), points
//   index  byPoints  game (partition key), points (sort key): the table turned round, players in the order of their points
//
// The best N are the first N entries of the index from its end. The rank of a player is one more than the count of the
// entries above: DynamoDB has to read them all for that, here keys are counted and no item is touched.
//
// Try it: `npx tsx host/examples/leaderboard.ts`. In a program of yours the import is from 'ferritedb'.

import { pathToFileURL } from 'node:url';
import { open, type Database } from '../index.js';

export interface Score {
  readonly game: string;
  readonly player: string;
  readonly points: number;
}

const TABLE = 'Scores';
const INDEX = 'byPoints';

export class Leaderboard {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async createTable(): Promise<void> {
    await this.#db.createTable({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'game', KeyType: 'HASH' },
        { AttributeName: 'player', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'game', AttributeType: 'S' },
        { AttributeName: 'player', AttributeType: 'S' },
        { AttributeName: 'points', AttributeType: 'N' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: INDEX,
          KeySchema: [
            { AttributeName: 'game', KeyType: 'HASH' },
            { AttributeName: 'points', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    });
  }

  /** Adds points, from 0 for a new player; gives the new sum. Safe beside others who do the same. */
  async add(game: string, player: string, points: number): Promise<number> {
    const { Attributes } = await this.#db.update({
      TableName: TABLE,
      Key: { game, player },
      UpdateExpression: 'ADD points :points',
      ExpressionAttributeValues: { ':points': points },
      ReturnValues: 'UPDATED_NEW',
    });
    return (Attributes as Pick<Score, 'points'>).points;
  }

  /** The best, best first. */
  async top(game: string, count: number): Promise<Score[]> {
    const { Items = [] } = await this.#db.query({
      TableName: TABLE,
      IndexName: INDEX,
      KeyConditionExpression: 'game = :game',
      ExpressionAttributeValues: { ':game': game },
      ScanIndexForward: false,
      Limit: count,
    });
    return Items as Score[];
  }

  /** 1 for the best; players with the same points share a rank. Undefined for one who has not played. */
  async rank(game: string, player: string): Promise<number | undefined> {
    const scores = this.#db.table<Score, 'game' | 'player'>(TABLE);
    const score = await scores.get({ game, player });
    if (score === undefined) return undefined;
    const above = { game, points: { gt: score.points } };
    return 1 + (await scores.count(above, { index: INDEX }));
  }
}

/** The example at work, on a database of the caller's. */
export async function run(db: Database, print: (line: string) => void): Promise<void> {
  const board = new Leaderboard(db);
  await board.createTable();
  const points = { Ada: 310, Grace: 455, Edsger: 120, Barbara: 455, Donald: 205 };
  for (const [player, won] of Object.entries(points)) await board.add('chess', player, won);
  await board.add('go', 'Ada', 1000);
  await board.add('chess', 'Donald', 150);

  const best = await board.top('chess', 3);
  print(`top 3: ${best.map(({ player, points: sum }) => `${player} ${sum}`).join(', ')}`);
  for (const player of ['Grace', 'Barbara', 'Donald', 'Edsger', 'Alan']) {
    print(`rank of ${player}: ${(await board.rank('chess', player)) ?? 'has not played'}`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await using db = await open();
  await run(db, (line) => console.log(line));
}
