// A value that came in as DynamoDB's JSON and is none: it stands in the item until its turn among
// the checks, and is never stored.
//
// JavaScript values cannot be faulty in these ways (a Set has no string twice, a value has one
// type), so only the reader of typed shapes makes them (api/attribute-value.ts).

export class FaultyValue {
  /** What DynamoDB says of it, bare. */
  readonly text: string;
  /** The same in the older wording of batches, transactions and Scan. */
  readonly olderText: string;

  constructor(text: string, olderText = text) {
    this.text = text;
    this.olderText = olderText;
  }
}
