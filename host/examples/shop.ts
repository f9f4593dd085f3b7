// Single-table design: a shop's users, orders and order lines in one table, with six access patterns, each answered by one
// read.
//
//   entity   pk          sk                    gsi1pk     gsi1sk            gsi2pk          gsi2sk
//   user     USER#u1     USER
//   order    USER#u1     ORDER#2024-03-02#o7   ORDER#o7   ORDER             STATUS#PAID     2024-03-02#o7
//   line     ORDER#o7    LINE#0001
//
//   1  a user by id                       get    USER#u1, USER
//   2  a user's orders, the latest first  query  USER#u1, begins with ORDER#
//   3  an order by its id                 query  gsi1: ORDER#o7
//   4  the lines of an order              query  ORDER#o7, begins with LINE#
//   5  orders of all users by status      query  gsi2: STATUS#PAID
//   6  a user's orders between two days   query  USER#u1, between ORDER#from and ORDER#to
//
// Why so: what is read together lies together (a user and the orders), sort keys begin with what is sorted by, and the
// global indexes are sparse: only orders have their attributes, so they hold nothing else.
//
// Try it: `npx tsx host/examples/shop.ts`. In a program of yours the import is from 'ferritedb'.

import { pathToFileURL } from 'node:url';
import { open, type Database } from '../index.js';

export interface User {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
}

export type Status = 'PAID' | 'SHIPPED' | 'DELIVERED';

export interface Order {
  readonly orderId: string;
  readonly userId: string;
  /** A day: `2024-03-02`. Days as text sort as time does. */
  readonly placedOn: string;
  readonly status: Status;
  readonly total: number;
}

export interface Line {
  readonly orderId: string;
  readonly number: number;
  readonly product: string;
  readonly quantity: number;
}

const TABLE = 'Shop';
/** Sorts behind every text that goes on from what stands before it. */
const LAST = '\uffff';

const userKey = (userId: string) => ({ pk: `USER#${userId}`, sk: 'USER' });
const orderKey = ({ userId, placedOn, orderId }: Order) => ({
  pk: `USER#${userId}`,
  sk: `ORDER#${placedOn}#${orderId}`,
});
const lineKey = ({ orderId, number }: Line) => ({
  pk: `ORDER#${orderId}`,
  sk: `LINE#${String(number).padStart(4, '0')}`,
});
const statusKey = ({ status, placedOn, orderId }: Order) => ({
  gsi2pk: `STATUS#${status}`,
  gsi2sk: `${placedOn}#${orderId}`,
});

export class Shop {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async createTable(): Promise<void> {
    const text = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });
    const index = (IndexName: string) => ({
      IndexName,
      KeySchema: [
        { AttributeName: `${IndexName}pk`, KeyType: 'HASH' as const },
        { AttributeName: `${IndexName}sk`, KeyType: 'RANGE' as const },
      ],
      Projection: { ProjectionType: 'ALL' as const },
    });
    await this.#db.createTable({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: ['pk', 'sk', 'gsi1pk', 'gsi1sk', 'gsi2pk', 'gsi2sk'].map(text),
      GlobalSecondaryIndexes: [index('gsi1'), index('gsi2')],
    });
  }

  /** A new user; rejects with ConditionalCheckFailedException if the id is taken. */
  async addUser(user: User): Promise<void> {
    await this.#db.put({
      TableName: TABLE,
      Item: { ...userKey(user.userId), ...user },
      ConditionExpression: 'attribute_not_exists(pk)',
    });
  }

  async addOrder(order: Order, lines: readonly Omit<Line, 'orderId' | 'number'>[]): Promise<void> {
    const { orderId } = order;
    await this.#db.put({
      TableName: TABLE,
      Item: {
        ...orderKey(order),
        gsi1pk: `ORDER#${orderId}`,
        gsi1sk: 'ORDER',
        ...statusKey(order),
        ...order,
      },
    });
    const table = this.#db.table(TABLE);
    await Promise.all(
      lines.map((line, i) => {
        const whole = { ...line, orderId, number: i + 1 };
        return table.put({ ...lineKey(whole), ...whole });
      }),
    );
  }

  /** Moves an order on, provided that nobody has meanwhile; the index by status follows by itself. */
  async setStatus(order: Order, status: Status): Promise<void> {
    const next = statusKey({ ...order, status });
    await this.#db.update({
      TableName: TABLE,
      Key: orderKey(order),
      UpdateExpression: 'SET #status = :next, gsi2pk = :gsi2pk',
      ConditionExpression: '#status = :before',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: {
        ':next': status,
        ':before': order.status,
        ':gsi2pk': next.gsi2pk,
      },
    });
  }

  // The six access patterns.

  async user(userId: string): Promise<User | undefined> {
    const { Item } = await this.#db.get({ TableName: TABLE, Key: userKey(userId) });
    return Item === undefined ? undefined : userOf(Item);
  }

  async ordersOf(userId: string): Promise<Order[]> {
    const range = { pk: userKey(userId).pk, sk: { beginsWith: 'ORDER#' } };
    const items = await this.#db.table(TABLE).query(range, { reverse: true }).toArray();
    return items.map(orderOf);
  }

  async order(orderId: string): Promise<Order | undefined> {
    const { Items = [] } = await this.#db.query({
      TableName: TABLE,
      IndexName: 'gsi1',
      KeyConditionExpression: 'gsi1pk = :order',
      ExpressionAttributeValues: { ':order': `ORDER#${orderId}` },
    });
    return Items.map(orderOf)[0];
  }

  async linesOf(orderId: string): Promise<Line[]> {
    const range = { pk: `ORDER#${orderId}`, sk: { beginsWith: 'LINE#' } };
    const items = await this.#db.table(TABLE).query(range).toArray();
    return items.map(lineOf);
  }

  /** Oldest first, a page at a time as every query of DynamoDB. */
  async ordersWith(status: Status): Promise<Order[]> {
    const orders: Order[] = [];
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const page = await this.#db.query({
        TableName: TABLE,
        IndexName: 'gsi2',
        KeyConditionExpression: 'gsi2pk = :status',
        ExpressionAttributeValues: { ':status': `STATUS#${status}` },
        ExclusiveStartKey,
      });
      orders.push(...(page.Items ?? []).map(orderOf));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return orders;
  }

  /** Both days inclusive. */
  async ordersBetween(userId: string, from: string, to: string): Promise<Order[]> {
    const between = [`ORDER#${from}`, `ORDER#${to}#${LAST}`];
    const range = { pk: userKey(userId).pk, sk: { between } };
    const items = await this.#db.table(TABLE).query(range).toArray();
    return items.map(orderOf);
  }
}

// What the program sees has no keys of the table's design in it.

function userOf({ userId, name, email }: Record<string, unknown>): User {
  return { userId, name, email } as User;
}

function orderOf({ orderId, userId, placedOn, status, total }: Record<string, unknown>): Order {
  return { orderId, userId, placedOn, status, total } as Order;
}

function lineOf({ orderId, number, product, quantity }: Record<string, unknown>): Line {
  return { orderId, number, product, quantity } as Line;
}

/** The example at work, on a database of the caller's. */
export async function run(db: Database, print: (line: string) => void): Promise<void> {
  const shop = new Shop(db);
  await shop.createTable();
  await shop.addUser({ userId: 'u1', name: 'Ada', email: 'ada@example.com' });
  await shop.addUser({ userId: 'u2', name: 'Grace', email: 'grace@example.com' });
  const order = (orderId: string, userId: string, placedOn: string, total: number): Order => {
    return { orderId, userId, placedOn, status: 'PAID', total };
  };
  await shop.addOrder(order('o1', 'u1', '2024-01-15', 40.5), [{ product: 'kettle', quantity: 1 }]);
  await shop.addOrder(order('o2', 'u1', '2024-02-03', 12), [
    { product: 'mug', quantity: 2 },
    { product: 'tea', quantity: 1 },
  ]);
  await shop.addOrder(order('o3', 'u2', '2024-02-10', 99.9), [{ product: 'lamp', quantity: 3 }]);
  await shop.addOrder(order('o4', 'u1', '2024-03-21', 7), [{ product: 'tea', quantity: 1 }]);
  const first = await shop.order('o1');
  if (first !== undefined) await shop.setStatus(first, 'SHIPPED');

  const ids = (orders: readonly Order[]): string => orders.map(({ orderId }) => orderId).join(' ');
  print(`1 user u1: ${(await shop.user('u1'))?.name}`);
  print(`2 orders of u1: ${ids(await shop.ordersOf('u1'))}`);
  print(`3 order o1: ${(await shop.order('o1'))?.status}, ${(await shop.order('o1'))?.total}`);
  const lines = await shop.linesOf('o2');
  print(`4 lines of o2: ${lines.map((line) => `${line.quantity} ${line.product}`).join(', ')}`);
  print(
    `5 PAID: ${ids(await shop.ordersWith('PAID'))}, SHIPPED: ${ids(await shop.ordersWith('SHIPPED'))}`,
  );
  const between = await shop.ordersBetween('u1', '2024-02-01', '2024-03-21');
  print(`6 orders of u1 from 2024-02-01 to 2024-03-21: ${ids(between)}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await using db = await open();
  await run(db, (line) => console.log(line));
}
