// The configuration that points a client of the AWS SDK for JavaScript v3 at a database of this process.

import { REGION } from '../../table/definition.js';
import type { SdkRequestHandler } from './request-handler.js';

/** For `new DynamoDBClient(...)` and `new DynamoDBStreamsClient(...)`; more options may be spread beside it. */
export interface SdkConfig {
  readonly region: string;
  /** Never called: the request handler answers. */
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Requests stay in this process, so nothing is signed. */
  readonly signer: { sign<Request>(request: Request): Promise<Request> };
  readonly requestHandler: SdkRequestHandler;
}

export function sdkConfigOf(requestHandler: SdkRequestHandler): SdkConfig {
  return {
    region: REGION,
    endpoint: 'http://ferritedb.localhost',
    credentials: { accessKeyId: 'ferritedb', secretAccessKey: 'ferritedb' },
    signer: { sign: async (request) => request },
    requestHandler,
  };
}
