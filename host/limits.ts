// Every limit of the doors, with its meaning. Limits of the file format are beside their diagrams
// (core-as/layout.ts). Sizes are DynamoDB bytes: see table/item-size.ts for how they are counted.

/** An item, names included. 409,600 is accepted, 409,601 refused. */
export const ITEM_SIZE_MAX = 409_600;

/** Raw bytes of a partition key value. */
export const PARTITION_KEY_BYTES_MAX = 2_048;
/** Raw bytes of a sort key value. */
export const SORT_KEY_BYTES_MAX = 1_024;

/** Levels of lists and maps, the top-level attribute counted as the first. */
export const NESTING_LEVELS_MAX = 32;
/** The same of a value that only conditions of a transaction look at. */
export const TRANSACTION_VALUE_LEVELS_MAX = 39;

/** UTF-8 bytes of an attribute's name. */
export const ATTRIBUTE_NAME_BYTES_MAX = 65_535;
/** UTF-8 bytes of a key attribute's name. */
export const KEY_ATTRIBUTE_NAME_BYTES_MAX = 255;

/** Significant digits of a number. */
export const NUMBER_DIGITS_MAX = 38;
/** A number d.ddd x 10^e has e between these. */
export const NUMBER_EXPONENT_MAX = 125;
export const NUMBER_EXPONENT_MIN = -130;

/**
 * A table name where a table is made. Where one is named, one character is enough to be told it
 * does not exist.
 */
export const TABLE_NAME_LENGTH_MIN = 3;
export const TABLE_NAME_LENGTH_MAX = 255;
/** An ARN in place of a table name. */
export const TABLE_ARN_LENGTH_MAX = 1_024;

/** A page of Query or Scan ends with the row that reaches this. */
export const PAGE_BYTES_MAX = 1_048_576;

/**
 * Keys of one BatchGetItem, over all tables, and the bytes it answers before the rest stays
 * unprocessed.
 */
export const BATCH_GET_KEYS_MAX = 100;
export const BATCH_GET_BYTES_MAX = 16_777_216;
/** Requests of one BatchWriteItem, over all tables. */
export const BATCH_WRITE_REQUESTS_MAX = 25;

/**
 * Pages of the fast handle's streams are small: the first item comes soon, and stopping early
 * wastes little.
 */
export const STREAM_PAGE_BYTES = 65_536;
/** Segments that one stream of the fast handle reads side by side. */
export const STREAM_SEGMENTS_MAX = 1_024;

/** Segments of a parallel scan. */
export const TOTAL_SEGMENTS_MAX = 1_000_000;

/** Names of one ListTables page. */
export const LIST_TABLES_LIMIT_MAX = 100;

/** Stream records are kept, and streams that were disabled or whose table is gone stay readable, that long. */
export const STREAM_RETENTION_MS = 86_400_000;
/** A shard iterator is good that long. */
export const SHARD_ITERATOR_LIFE_MS = 900_000;
/** Records and bytes of one GetRecords page. */
export const STREAM_RECORDS_MAX = 1_000;
export const STREAM_RECORDS_BYTES_MAX = 1_048_576;
/** Characters of what names a stream, a shard, a record and a place. */
export const STREAM_ARN_LENGTH_MIN = 37;
export const STREAM_ARN_LENGTH_MAX = 1_024;
export const STREAM_SHARD_ID_LENGTH_MIN = 28;
export const STREAM_SHARD_ID_LENGTH_MAX = 65;
export const STREAM_SEQUENCE_LENGTH_MIN = 21;
export const STREAM_SEQUENCE_LENGTH_MAX = 40;
export const SHARD_ITERATOR_LENGTH_MAX = 2_048;
/** Streams of one ListStreams page, shards of one DescribeStream page. */
export const LIST_STREAMS_LIMIT_MAX = 100;
export const DESCRIBE_STREAM_LIMIT_MAX = 100;
/** An item whose expiry lies further back is not removed any more. */
export const TTL_AGE_MAX_SECONDS = 157_784_760;

/** Actions of one transaction, and their bytes: sent by TransactWriteItems, read by TransactGetItems. */
export const TRANSACTION_ACTIONS_MAX = 100;
export const TRANSACTION_BYTES_MAX = 4_194_304;
export const CLIENT_TOKEN_LENGTH_MAX = 36;
/** How long a client token keeps the same request from being carried out again. */
export const TRANSACTION_TOKEN_LIFE_MS = 600_000;

/** An expression as sent, before placeholders are resolved, in UTF-8 bytes. */
export const EXPRESSION_BYTES_MAX = 4_096;
/** Comparators, AND, OR, NOT, BETWEEN and IN of one expression. */
export const EXPRESSION_OPERATORS_MAX = 300;
/** Values of one IN, the operand to its left not counted. */
export const IN_OPERANDS_MAX = 100;
/** Elements of one document path. */
export const DOCUMENT_PATH_ELEMENTS_MAX = 32;
/**
 * Parentheses and function calls inside each other. No legal expression comes near it: see
 * parser.ts.
 */
export const EXPRESSION_DEPTH_MAX = 1_000;
/** Characters of a placeholder, its sigil included. */
export const PLACEHOLDER_LENGTH_MAX = 255;

/** Capacity units of a table: the number that is out of bounds, and the account's quota. */
export const CAPACITY_UNITS_BOUND = 1_000_000_000_000;
export const CAPACITY_UNITS_PER_TABLE_MAX = 40_000;
/** Bytes that one read unit and one write unit pay for. */
export const READ_UNIT_BYTES = 4_096;
export const WRITE_UNIT_BYTES = 1_024;

export const TAGS_MAX = 50;
/** Tags of one page of ListTagsOfResource. */
export const TAGS_PAGE = 10;
/** Where delays are shown: between two writes of tags, and from one to the end of the table. */
export const TAG_WRITE_INTERVAL_MS = 1_500;
export const TAG_WRITE_END_MS = 2_000;
export const TAG_KEY_LENGTH_MAX = 128;
export const TAG_VALUE_LENGTH_MAX = 256;

/** Shards of a database: a power of two. */
export const SHARDS_DEFAULT = 8;
export const SHARDS_MAX = 64;
/** Threads of the pool that flushes and compacts. */
export const WORKERS_MAX = 16;
/** The default memory budget is a quarter of the machine, at most this. */
export const MEMORY_MB_DEFAULT_MAX = 1_024;

/** Attributes of the key of a table or a local index; of each kind in the key of a global one. */
export const TABLE_KEYS_MAX = 2;
export const INDEX_KEYS_OF_A_KIND_MAX = 4;
export const LOCAL_INDEXES_MAX = 5;
export const GLOBAL_INDEXES_MAX = 20;
/** Names of all INCLUDE projections of a table together. */
export const PROJECTED_ATTRIBUTES_PER_TABLE_MAX = 100;
/** What an on-demand table or index serves from the start. */
export const ON_DEMAND_WARM_READS = 12_000;
export const ON_DEMAND_WARM_WRITES = 4_000;

/** Decreases of provisioned units in a UTC day; further ones must be this far from the last. */
export const DECREASES_PER_DAY_MAX = 4;
export const DECREASE_INTERVAL_MS = 3_600_000;
/** Changes of a table's class within the interval. */
export const CLASS_CHANGES_MAX = 2;
export const CLASS_CHANGE_INTERVAL_MS = 30 * 86_400_000;
export const PROTECTION_CHANGE_INTERVAL_MS = 15_000;
export const TTL_CHANGE_INTERVAL_MS = 31 * 60_000;
export const POLICY_CHANGE_INTERVAL_MS = 15_000;

/** A resource policy, as sent. */
export const POLICY_BYTES_MAX = 20_480;
/** Days of a point-in-time window, and how far its end is behind. */
export const RECOVERY_PERIOD_DAYS_MAX = 35;
export const RECOVERY_LAG_MS = 300_000;
export const CAPACITY_UNITS_PER_ACCOUNT_MAX = 80_000;
export const ENDPOINT_CACHE_MINUTES = 1_440;
/** Nearest items that one SearchVectors may ask for. */
export const VECTOR_RESULTS_MAX = 100;
/** Of a table, and numbers of one vector. */
export const VECTOR_INDEXES_MAX = 5;
export const VECTOR_DIMENSIONS_MAX = 4_096;

/** The body of one HTTP request. */
export const HTTP_BODY_BYTES_MAX = 16_777_216;
/** Lists and maps of a JSON body inside each other. A value of the deepest legal kind has about 90. */
export const JSON_DEPTH_MAX = 1_000;
/** Answers from this size on are compressed for clients that take it. */
export const GZIP_BYTES_MIN = 16_384;
/** How far the time of a signature may be from ours. */
export const SIGNATURE_SKEW_MS = 900_000;
