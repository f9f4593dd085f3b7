// How a command says what went wrong: the message alone for what is expected to go wrong at times, the
// stack too for what is not.

export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('$fault' in error || error.name.endsWith('Exception'))
    return `${error.name}: ${error.message}`;
  return 'code' in error ? error.message : (error.stack ?? error.message);
}
