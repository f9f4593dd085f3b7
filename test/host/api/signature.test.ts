// Signatures: what the SDK's own signer makes is taken, over real sockets, and nothing else is.

import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { request as send } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { SignatureV4 } from '@smithy/signature-v4';
import { ManualClock } from '../../../host/clock.js';
import { openDatabase, type Database, type HttpDoor } from '../../../host/index.js';
import { MemoryStore } from '../../model/memory-store.js';

const NOW = Date.UTC(2026, 9, 9, 12, 0, 0);
const MINUTE = 60_000;
const KEY = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const TOKEN_KEY = {
  accessKeyId: 'ASIDEXAMPLE',
  secretAccessKey: 'secret',
  sessionToken: 'token/+==',
};

type SignedRequest = Parameters<SignatureV4['presign']>[0];

/** What the signer asks of a hash. */
class Sha256 {
  #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key = typeof secret === 'string' ? secret : secret && Buffer.from(secret as Uint8Array);
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', key);
  }
  update(data: Uint8Array | string): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

interface Sent {
  headers: Record<string, string>;
  path?: string;
  body?: string;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly message: string | undefined;
}

describe('signatures, where credentials are configured', () => {
  let db: Database;
  let door: HttpDoor;
  before(async () => {
    const clock = new ManualClock(NOW);
    db = await openDatabase(async () => new MemoryStore(), undefined, { clock });
    door = await db.serveHttp({ credentials: [KEY, TOKEN_KEY] });
  });
  after(() => db.close());

  const post = ({ headers, path = '/', body = '{}' }: Sent): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const posted = send(`${door.url}${path}`, { method: 'POST', headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const told = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, string>;
          resolve({
            status: answer.statusCode ?? 0,
            type: String(told.__type).replace('com.amazon.coral.service#', ''),
            message: told.message ?? told.Message,
          });
        });
      });
      posted.on('error', reject);
      posted.end(body);
    });

  const unsigned = (): SignedRequest & { headers: Record<string, string> } => ({
    method: 'POST',
    protocol: 'http:',
    hostname: door.host,
    port: door.port,
    path: '/',
    headers: {
      host: `${door.host}:${door.port}`,
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.ListTables',
    },
    body: '{}',
  });
  const signer = (credentials: typeof KEY, region = 'us-east-1', service = 'dynamodb') =>
    new SignatureV4({ credentials, region, service, sha256: Sha256 });
  const signed = async (
    { credentials = KEY, atMs = NOW, region = 'us-east-1', service = 'dynamodb' } = {},
    base = unsigned(),
  ): Promise<Sent> => {
    const { headers, body } = await signer(credentials, region, service).sign(base, {
      signingDate: new Date(atMs),
    });
    return { headers, body: body as string };
  };
  const presigned = async (expiresIn: number, atMs = NOW): Promise<Sent> => {
    const base = unsigned();
    const { query = {} } = await signer(KEY).presign(base, {
      signingDate: new Date(atMs),
      expiresIn,
      unhoistableHeaders: new Set(['x-amz-target']),
    });
    const pairs = Object.entries(query).map(
      ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
    );
    return { headers: base.headers, path: `/?${pairs.join('&')}`, body: '{}' };
  };

  const OK = { status: 200, type: 'undefined', message: undefined };
  const refused = (type: string, message: string): Answer => ({ status: 400, type, message });
  const edited = async (edit: (authorization: string) => string): Promise<Sent> => {
    const sent = await signed();
    return {
      ...sent,
      headers: { ...sent.headers, authorization: edit(sent.headers.authorization) },
    };
  };

  it("takes what the SDK's signer signed, in a header and in a presigned URL, with a session too", async () => {
    assert.deepEqual(await post(await signed()), OK);
    assert.deepEqual(await post(await signed({ region: 'eu-central-1' })), OK);
    assert.deepEqual(await post(await presigned(3_600)), OK);
    assert.deepEqual(await post(await signed({ credentials: TOKEN_KEY })), OK);
    const odd = unsigned();
    odd.headers['x-amz-meta'] = '  several   spaces ';
    assert.deepEqual(await post(await signed({}, odd)), OK);
  });

  it('refuses a signature over another body, target or host, and says what should have been signed', async () => {
    const changes: ((sent: Sent) => Sent)[] = [
      (sent) => ({ ...sent, body: '{"Limit":1}' }),
      (sent) => ({
        ...sent,
        headers: { ...sent.headers, 'x-amz-target': 'DynamoDB_20120810.DescribeLimits' },
      }),
      (sent) => ({ ...sent, headers: { ...sent.headers, host: 'other' } }),
      (sent) => ({ ...sent, path: '/?a=b' }),
      // The header says what the hash of the body is; the body says something else.
      (sent) => ({
        ...sent,
        body: '{"Limit":2}',
        headers: {
          ...sent.headers,
          'x-amz-content-sha256': createHash('sha256').update('{}').digest('hex'),
        },
      }),
    ];
    for (const change of changes) {
      const { type, message } = await post(change(await signed()));
      assert.equal(type, 'InvalidSignatureException');
      assert.match(message ?? '', /^The request signature we calculated does not match/);
      assert.match(
        message ?? '',
        /\n\nThe Canonical String for this request should have been\n'POST\n\/\n/,
      );
    }
    const wrong = await post(await signed({ credentials: { ...KEY, secretAccessKey: 'wrong' } }));
    assert.equal(wrong.type, 'InvalidSignatureException');
    const short = await post(await edited((text) => text.replace(/Signature=.*/, 'Signature=00')));
    assert.match(short.message ?? '', /^The request signature we calculated does not match/);
  });

  it('refuses keys it does not know, and sessions without their token', async () => {
    const unknown = refused(
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    );
    assert.deepEqual(
      await post(await signed({ credentials: { ...KEY, accessKeyId: 'other' } })),
      unknown,
    );
    const { sessionToken: _, ...tokenless } = TOKEN_KEY;
    assert.deepEqual(await post(await signed({ credentials: tokenless })), unknown);
  });

  it('allows 15 minutes either way', async () => {
    for (const atMs of [NOW - 15 * MINUTE, NOW + 15 * MINUTE]) {
      assert.deepEqual(await post(await signed({ atMs })), OK);
    }
    assert.deepEqual(
      await post(await signed({ atMs: NOW - 15 * MINUTE - 1_000 })),
      refused(
        'InvalidSignatureException',
        'Signature expired: 20261009T114459Z is now earlier than 20261009T114500Z (20261009T120000Z - 15 min.)',
      ),
    );
    assert.deepEqual(
      await post(await signed({ atMs: NOW + 15 * MINUTE + 1_000 })),
      refused(
        'InvalidSignatureException',
        'Signature not yet current: 20261009T121501Z is still later than 20261009T121500Z (20261009T120000Z + 15 min.)',
      ),
    );
    assert.deepEqual(await post(await presigned(3_600, NOW - 59 * MINUTE)), OK);
    assert.match(
      (await post(await presigned(60, NOW - 2 * MINUTE))).message ?? '',
      /^Signature expired/,
    );
  });

  it('says what is missing', async () => {
    const missing = refused(
      'MissingAuthenticationTokenException',
      'Request is missing Authentication Token',
    );
    const { headers } = unsigned();
    assert.deepEqual(await post({ headers }), missing);
    assert.deepEqual(await post({ headers: { ...headers, authorization: 'Basic abc' } }), missing);
    assert.deepEqual(
      await post({ headers: { ...headers, authorization: 'AWS4-' } }),
      refused(
        'IncompleteSignatureException',
        "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. " +
          "Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either " +
          "a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-",
      ),
    );
    assert.deepEqual(
      await post({ headers, path: '/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=a' }),
      refused(
        'IncompleteSignatureException',
        "AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include " +
          "'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. " +
          'Re-examine the query-string parameters.',
      ),
    );
    assert.deepEqual(
      await post({ headers: { ...headers, authorization: 'AWS4-' }, path: '/?X-Amz-Algorithm=a' }),
      refused(
        'InvalidSignatureException',
        "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
      ),
    );
  });

  it('says which part is wrong', async () => {
    const scope = /Credential=[^,]+/;
    const cases: [(text: string) => string, string, string][] = [
      [
        (text) => text.replace('SHA256', 'SHA25'),
        'IncompleteSignatureException',
        "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA25' (only AWS4-HMAC-SHA256 for now). ",
      ],
      [
        (text) => text.replace(scope, 'Credential=a/b/c/d'),
        'IncompleteSignatureException',
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/b/c/d'",
      ],
      [
        (text) => text.replace(/SignedHeaders=[^,]+/, 'SignedHeaders=x-amz-date'),
        'InvalidSignatureException',
        "'Host' must be a 'SignedHeader' in the AWS Authorization.",
      ],
      [
        (text) => text.replace(scope, 'Credential=a/b/c/d/e'),
        'InvalidSignatureException',
        "Credential should be scoped to a valid region, not 'c'. " +
          "Credential should be scoped to correct service: 'dynamodb'. " +
          "Credential should be scoped with a valid terminator: 'aws4_request', not 'e'. " +
          "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: 'b' != '20261009', from '20261009T120000Z'.",
      ],
    ];
    for (const [edit, type, message] of cases) {
      assert.deepEqual(await post(await edited(edit)), refused(type, message));
    }
    const sent = await signed();
    assert.deepEqual(
      await post({ ...sent, headers: { ...sent.headers, 'x-amz-date': '201' } }),
      refused(
        'IncompleteSignatureException',
        "Date must be in ISO-8601 'basic format'. Got '201'. See http://en.wikipedia.org/wiki/ISO_8601",
      ),
    );
  });

  it('looks at the body and the target first, and lets anybody see its health', async () => {
    const { headers } = unsigned();
    assert.equal((await post({ headers, body: '{' })).type, 'SerializationException');
    const target = { ...headers, 'x-amz-target': 'x' };
    assert.equal((await post({ headers: target })).type, 'UnknownOperationException');
    assert.equal((await fetch(door.url)).status, 200);
  });
});
