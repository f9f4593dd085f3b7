// What one thread gives another so that it can attach to a database.

declare const shared: unique symbol;

/** What `db.share()` gives and `attach` takes. Structured-cloneable; its content is the engine's. */
export interface SharedDatabase {
  readonly [shared]: true;
}
