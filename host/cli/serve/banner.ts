// What `ferrite serve` prints: where it is, and the lines that point SDKs and tools at it.

export function banner(
  url: string,
  folder: string | undefined,
  accessKeyId: string | undefined,
  socket?: string,
): string {
  const what = folder ?? 'a temporary database, gone when this ends';
  return [
    `FerriteDB serves ${what} on ${url}`,
    '',
    ...environmentLines(url, accessKeyId).map((line) => `  ${line}`),
    '',
    ...(socket === undefined ? [] : [`For the shell and connect(): ${socket}`]),
    `Figures for Prometheus: ${url}/metrics. Ctrl-C stops.`,
  ].join('\n');
}

/** To paste into a shell. Without credentials any will do, but SDKs want some. */
function environmentLines(url: string, accessKeyId: string | undefined): string[] {
  const keys =
    accessKeyId === undefined
      ? 'AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local'
      : `AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=...`;
  return [
    `export AWS_ENDPOINT_URL_DYNAMODB=${url}`,
    `export AWS_ENDPOINT_URL_DYNAMODB_STREAMS=${url}`,
    'export AWS_REGION=us-east-1',
    `export ${keys}`,
  ];
}
