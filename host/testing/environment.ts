// The environment that points SDKs at a door, for as long as a test wants it.

const VARIABLES = (url: string): Readonly<Record<string, string>> => ({
  AWS_ENDPOINT_URL_DYNAMODB: url,
  AWS_ENDPOINT_URL_DYNAMODB_STREAMS: url,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
});

/** Sets it in this process; gives what puts back what was there before. */
export function setEnvironment(url: string): () => void {
  const before = Object.keys(VARIABLES(url)).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, VARIABLES(url));
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}
