// Where a writer leaves the DynamoDB size of what it has just written, beside the position that it
// returns.
//
// Invariant: `bytes` is set as a writer's last act and read by its caller at once. No user code
// runs between the two, so a getter of an item that encodes another item cannot disturb it (DESIGN
// R16), and nothing has to be claimed.

export const written = { bytes: 0 };
