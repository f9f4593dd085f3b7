// Where a client of the AWS SDK finds a database: in this process, or behind a socket. Both on a database of its own.

import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { open } from '../../host/index.js';

type WithConfig = (use: (config: DynamoDBClientConfig) => Promise<void>) => Promise<void>;

export const DOORS: readonly (readonly [name: string, withConfig: WithConfig])[] = [
  [
    'in process',
    async (use) => {
      await using db = await open();
      await use(db.sdkConfig());
    },
  ],
  [
    'over HTTP',
    async (use) => {
      await using db = await open();
      await using door = await db.serveHttp();
      const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
      await use({ endpoint: door.url, region: 'us-east-1', credentials });
    },
  ],
];
