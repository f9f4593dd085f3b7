// Servers that S1 compares with, each in a process of its own: plain JavaScript, as they would run.
//
//   node http-server.mjs echo ITEM        answers GetItem's and PutItem's bytes, having read the body
//   node http-server.mjs dynalite FOLDER

import { createServer } from 'node:http';

const [kind, argument] = process.argv.slice(2);
const server = kind === 'echo' ? echo(argument) : await dynalite(argument);
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));

function echo(item) {
  const answers = new Map([
    ['DynamoDB_20120810.GetItem', answer(`{"Item":${item}}`)],
    ['DynamoDB_20120810.PutItem', answer('{}')],
  ]);
  return createServer((request, response) => {
    request.on('data', () => {});
    request.on('end', () => {
      const { headers, body } = answers.get(request.headers['x-amz-target']);
      response.writeHead(200, headers);
      response.end(body);
    });
  });
}

function answer(body) {
  const headers = {
    Server: 'Server',
    'x-amzn-RequestId': '4KBNVRGD25RG1KEO9UT4V3FQDJVV4KQNSO5AEMVJF66Q9ASUAAJG',
    'x-amz-crc32': '4163891357',
    'Content-Type': 'application/x-amz-json-1.0',
    'Content-Length': Buffer.byteLength(body),
    Connection: 'keep-alive',
  };
  return { headers, body };
}

async function dynalite(path) {
  const { default: create } = await import('dynalite');
  return create({ path, createTableMs: 0 });
}
