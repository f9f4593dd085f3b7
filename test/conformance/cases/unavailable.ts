// Operations that this version does not do, or that have nothing to tell: inputs are checked and
// what is named is looked for as by the service; lists are empty; the rest is refused as to an
// account that may not. Handbook: operations-control.md 7-11, operations.md 10 and 11.

import assert from 'node:assert/strict';
import {
  behaviours,
  refusals,
  rejects,
  type AccountOperation,
  type Behaviour,
  type Door,
  type DoorFactory,
  type Refusal,
} from '../door.js';
import { ENVELOPE as E, INVALID } from '../fixtures.js';

const F = ' failed to satisfy constraint: ';
const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/';
const ARN = `${TABLE}Single`;
const STREAM = 'arn:aws:kinesis:us-east-1:000000000000:stream/some';
const NOT_FOUND = 'ResourceNotFoundException';
const DENIED = 'AccessDeniedException';

const run = (operation: AccountOperation, input: object) => (door: Door) =>
  door.execute(operation, input);

const NULL = (path: string) => `${E}Value null at '${path}'${F}Member must not be null`;
const LEGACY =
  `${INVALID}DynamoDB global tables version 2017.11.29 is not supported. We recommend using DynamoDB global tables ` +
  'version 2019.11.21, instead of version 2017.11.29 (Legacy).';
const SHORT_NAME = 'TableName must be at least 3 characters long and at most 255 characters long';
const GONE = 'Requested resource not found: Table: Nowhere not found';

const denied = (operation: string, resource = ARN) =>
  `User: arn:aws:iam::000000000000:root is not authorized to perform: dynamodb:${operation} on resource: ${resource} ` +
  `because no identity-based policy allows the dynamodb:${operation} action`;

const BACKUPS: readonly Refusal[] = [
  ['a backup without a name', run('CreateBackup', { TableName: 'Single' }), NULL('backupName')],
  [
    'a backup with a short name',
    run('CreateBackup', { TableName: 'Single', BackupName: 'ab' }),
    `${E}Value 'ab' at 'backupName'${F}Member must have length greater than or equal to 3`,
  ],
  [
    'a backup with a name of other characters',
    run('CreateBackup', { TableName: 'Single', BackupName: 'a b c' }),
    `${E}Value 'a b c' at 'backupName'${F}Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+`,
  ],
  [
    'a backup of a missing table',
    run('CreateBackup', { TableName: 'Nowhere', BackupName: 'some' }),
    'Table not found: Nowhere',
    'TableNotFoundException',
  ],
  [
    'to back up a table',
    run('CreateBackup', { TableName: 'Single', BackupName: 'some' }),
    denied('CreateBackup'),
    DENIED,
  ],
  [
    'a backup that is a number',
    run('DescribeBackup', { BackupArn: 5 }),
    'NUMBER_VALUE cannot be converted to String',
    'SerializationException',
  ],
  [
    'a backup of a malformed ARN',
    run('DescribeBackup', { BackupArn: 'x'.repeat(40) }),
    'Invalid Backup ARN',
  ],
  [
    'a backup of a short ARN',
    run('DescribeBackup', { BackupArn: 'x' }),
    `${E}Value 'x' at 'backupArn'${F}Member must have length greater than or equal to 37`,
  ],
  ...(['DescribeBackup', 'DeleteBackup'] as const).map(
    (operation): Refusal => [
      `${operation} of a missing backup`,
      run(operation, { BackupArn: `${ARN}/backup/01700000000000-0123abcd` }),
      `Backup not found: ${ARN}/backup/01700000000000-0123abcd`,
      'BackupNotFoundException',
    ],
  ),
  [
    'to restore a missing backup',
    run('RestoreTableFromBackup', { BackupArn: `${ARN}/backup/01-ab`, TargetTableName: 'Other' }),
    `Backup not found: ${ARN}/backup/01-ab`,
    'BackupNotFoundException',
  ],
  [
    'to restore to a short name',
    run('RestoreTableFromBackup', { BackupArn: `${ARN}/backup/01-ab`, TargetTableName: 'ab' }),
    SHORT_NAME,
  ],
  [
    'a page of 0 backups',
    run('ListBackups', { Limit: 0 }),
    `${E}Value '0' at 'limit'${F}Member must have value greater than or equal to 1`,
  ],
  [
    'backups of a kind there is not',
    run('ListBackups', { BackupType: 'X' }),
    `${E}Value 'X' at 'backupType'${F}Member must satisfy enum value set: [USER, SYSTEM, AWS_BACKUP, ALL]`,
  ],
  [
    'to restore without a time',
    run('RestoreTableToPointInTime', { SourceTableName: 'Single', TargetTableName: 'Other' }),
    'Invalid Request: Either one of RestoreDateTime or UseLatestRestorableTime must be specified, but not both',
  ],
  [
    'to restore a missing table',
    run('RestoreTableToPointInTime', {
      SourceTableName: 'Nowhere',
      TargetTableName: 'Other',
      UseLatestRestorableTime: true,
    }),
    'Table not found: Nowhere',
    'TableNotFoundException',
  ],
  [
    'to restore a table without recovery, before the target is looked at',
    run('RestoreTableToPointInTime', {
      SourceTableArn: ARN,
      TargetTableName: 'Single',
      UseLatestRestorableTime: true,
    }),
    "Point in time recovery is not enabled for table 'Single'",
    'PointInTimeRecoveryUnavailableException',
  ],
];

const EXPORTS: readonly Refusal[] = [
  [
    'an export without a bucket',
    run('ExportTableToPointInTime', { TableArn: ARN }),
    NULL('s3Bucket'),
  ],
  [
    'an export of a missing table',
    run('ExportTableToPointInTime', { TableArn: `${TABLE}Nowhere`, S3Bucket: 'bucket' }),
    `Table not found: ${TABLE}Nowhere`,
    'TableNotFoundException',
  ],
  [
    'an export of a table without recovery',
    run('ExportTableToPointInTime', { TableArn: ARN, S3Bucket: 'bucket' }),
    "Point in time recovery is not enabled for table 'Single'",
    'PointInTimeRecoveryUnavailableException',
  ],
  [
    'an export in a format there is not',
    run('ExportTableToPointInTime', { TableArn: ARN, S3Bucket: 'bucket', ExportFormat: 'CSV' }),
    `${E}Value 'CSV' at 'exportFormat'${F}Member must satisfy enum value set: [DYNAMODB_JSON, ION]`,
  ],
  [
    'a malformed ARN of an export',
    run('DescribeExport', { ExportArn: 'x'.repeat(40) }),
    'Invalid Export ARN',
  ],
  [
    'a missing export',
    run('DescribeExport', { ExportArn: `${ARN}/export/01700000000000-0123abcd` }),
    `Export not found: ${ARN}/export/01700000000000-0123abcd`,
    'ExportNotFoundException',
  ],
  [
    'a missing import',
    run('DescribeImport', { ImportArn: `${ARN}/import/01700000000000-0123abcd` }),
    `Import not found: ${ARN}/import/01700000000000-0123abcd`,
    'ImportNotFoundException',
  ],
  [
    'a page of 26 exports',
    run('ListExports', { MaxResults: 26 }),
    `${E}Value '26' at 'maxResults'${F}Member must have value less than or equal to 25`,
  ],
  [
    'a page of 26 imports',
    run('ListImports', { PageSize: 26 }),
    `${E}Value '26' at 'pageSize'${F}Member must have value less than or equal to 25`,
  ],
  [
    'an import into a table there is',
    importInto('Single', {}),
    'Table already exists: Single',
    'ResourceInUseException',
  ],
  [
    'an import into a table that breaks a rule of CreateTable',
    importInto('Other', { BillingMode: 'PROVISIONED' }),
    `${INVALID}ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED`,
  ],
  ['an import', importInto('Other', {}), denied('ImportTable', `${TABLE}Other`), DENIED],
];

function importInto(TableName: string, more: object): (door: Door) => Promise<unknown> {
  return run('ImportTable', {
    S3BucketSource: { S3Bucket: 'bucket' },
    InputFormat: 'CSV',
    TableCreationParameters: {
      TableName,
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      ...more,
    },
  });
}

const GLOBAL_TABLES: readonly Refusal[] = [
  [
    'a global table of the legacy version',
    run('CreateGlobalTable', {
      GlobalTableName: 'Single',
      ReplicationGroup: [{ RegionName: 'us-east-1' }],
    }),
    LEGACY,
  ],
  [
    'to update one',
    run('UpdateGlobalTable', { GlobalTableName: 'Single', ReplicaUpdates: [] }),
    LEGACY,
  ],
  [
    'to update its settings',
    run('UpdateGlobalTableSettings', { GlobalTableName: 'Single' }),
    LEGACY,
  ],
  [
    'a global table without replicas',
    run('CreateGlobalTable', { GlobalTableName: 'Single' }),
    NULL('replicationGroup'),
  ],
  ...(['DescribeGlobalTable', 'DescribeGlobalTableSettings'] as const).map(
    (operation): Refusal => [
      `${operation} of a missing one`,
      run(operation, { GlobalTableName: 'Single' }),
      "Global table not found: Global table with name: 'Single' does not exist.",
      'GlobalTableNotFoundException',
    ],
  ),
  [
    'a global table with a short name',
    run('DescribeGlobalTable', { GlobalTableName: 'ab' }),
    SHORT_NAME,
  ],
  ...(['DescribeTableReplicaAutoScaling', 'UpdateTableReplicaAutoScaling'] as const).map(
    (operation): Refusal => [
      `${operation} of a table without replicas`,
      run(operation, { TableName: 'Single' }),
      "Global table with name: 'Single' does not exist.",
      NOT_FOUND,
    ],
  ),
];

const STREAMING: readonly Refusal[] = [
  [
    'a destination for a missing table',
    run('EnableKinesisStreamingDestination', { TableName: 'Nowhere', StreamArn: STREAM }),
    GONE,
    NOT_FOUND,
  ],
  [
    'a destination of a short ARN',
    run('EnableKinesisStreamingDestination', { TableName: 'Single', StreamArn: 'x' }),
    `${E}Value 'x' at 'streamArn'${F}Member must have length greater than or equal to 37`,
  ],
  [
    'a destination',
    run('EnableKinesisStreamingDestination', { TableName: 'Single', StreamArn: STREAM }),
    denied('EnableKinesisStreamingDestination'),
    DENIED,
  ],
  [
    'to disable what is not enabled',
    run('DisableKinesisStreamingDestination', { TableName: 'Single', StreamArn: STREAM }),
    'Table is not in a valid state to disable Kinesis Streaming Destination: ' +
      'KinesisStreamingDestination must be ACTIVE to perform DISABLE operation.',
  ],
  [
    'to change nothing of a destination',
    run('UpdateKinesisStreamingDestination', {
      TableName: 'Single',
      StreamArn: STREAM,
      UpdateKinesisStreamingConfiguration: {},
    }),
    'Streaming destination cannot be updated with given parameters: ' +
      'UpdateKinesisStreamingConfiguration cannot be null or contain only null values',
  ],
  [
    'a precision there is not',
    run('UpdateKinesisStreamingDestination', {
      TableName: 'Single',
      StreamArn: STREAM,
      UpdateKinesisStreamingConfiguration: { ApproximateCreationDateTimePrecision: 'SECOND' },
    }),
    `${E}Value 'SECOND' at 'updateKinesisStreamingConfiguration.approximateCreationDateTimePrecision'${F}` +
      'Member must satisfy enum value set: [MILLISECOND, MICROSECOND]',
  ],
  [
    'destinations of a missing table',
    run('DescribeKinesisStreamingDestination', { TableName: 'Nowhere' }),
    GONE,
    NOT_FOUND,
  ],
  [
    'insights of a missing table',
    run('DescribeContributorInsights', { TableName: 'Nowhere' }),
    GONE,
    NOT_FOUND,
  ],
  [
    'insights of a missing index',
    run('DescribeContributorInsights', { TableName: 'Single', IndexName: 'none' }),
    'Requested resource not found: Index: none not found for table: Single',
    NOT_FOUND,
  ],
  [
    'an action on insights there is not',
    run('UpdateContributorInsights', { TableName: 'Single', ContributorInsightsAction: 'X' }),
    `${E}Value 'X' at 'contributorInsightsAction'${F}Member must satisfy enum value set: [ENABLE, DISABLE]`,
  ],
  [
    'to enable insights',
    run('UpdateContributorInsights', { TableName: 'Single', ContributorInsightsAction: 'ENABLE' }),
    denied('UpdateContributorInsights'),
    DENIED,
  ],
  [
    'a page of 101 insights',
    run('ListContributorInsights', { MaxResults: 101 }),
    `${E}Value '101' at 'maxResults'${F}Member must have value less than or equal to 100`,
  ],
];

const STATEMENTS: readonly Refusal[] = [
  ['no statement', run('ExecuteStatement', {}), NULL('statement')],
  [
    'an empty statement',
    run('ExecuteStatement', { Statement: '' }),
    `${E}Value '' at 'statement'${F}Member must have length greater than or equal to 1`,
  ],
  [
    'an empty list of parameters',
    run('ExecuteStatement', { Statement: 'SELECT * FROM Single', Parameters: [] }),
    `${E}Value '[]' at 'parameters'${F}Member must have length greater than or equal to 1`,
  ],
  [
    'a statement',
    run('ExecuteStatement', { Statement: 'SELECT * FROM Single' }),
    denied('ExecuteStatement', `${TABLE}*`),
    DENIED,
  ],
  [
    'an empty batch of statements',
    run('BatchExecuteStatement', { Statements: [] }),
    `${E}Value '[]' at 'statements'${F}Member must have length greater than or equal to 1`,
  ],
  [
    'a statement of a batch that is none',
    run('BatchExecuteStatement', { Statements: [{}] }),
    NULL('statements.1.member.statement'),
  ],
  [
    'a batch of statements',
    run('BatchExecuteStatement', { Statements: [{ Statement: 'SELECT * FROM Single' }] }),
    denied('BatchExecuteStatement', `${TABLE}*`),
    DENIED,
  ],
  ['a transaction without statements', run('ExecuteTransaction', {}), NULL('transactStatements')],
  [
    'a transaction of statements',
    run('ExecuteTransaction', { TransactStatements: [{ Statement: 'SELECT * FROM Single' }] }),
    denied('ExecuteTransaction', `${TABLE}*`),
    DENIED,
  ],
];

const search = (more: object) =>
  run('SearchVectors', {
    TableName: 'Single',
    IndexName: 'byVector',
    SearchVector: [{ N: '1' }],
    TopK: 3,
    ...more,
  });
const NEWEST: readonly Refusal[] = [
  [
    'a search of no table',
    run('SearchVectors', {}),
    'missing field `TableName` at line 1 column 2',
  ],
  [
    'a table that is null',
    run('SearchVectors', { TableName: null }),
    'invalid type: null, expected a string at line 1 column 17',
    'SerializationException',
  ],
  [
    'more than 100 results',
    search({ TopK: 101 }),
    "Provided TopK value '101' is out of valid range. The value must be between 1 and 100 inclusive",
  ],
  [
    'a search of a missing table',
    search({ TableName: 'Nowhere' }),
    'Requested resource not found',
    NOT_FOUND,
  ],
  [
    'a search of a missing index',
    search({}),
    'The table does not have the specified index: byVector',
  ],
  [
    'a missing bulk operation',
    run('DescribeBulkOperation', { BulkOperationArn: 'some' }),
    'Requested resource not found: BulkOperation: some not found',
    NOT_FOUND,
  ],
  [
    'a bulk load',
    run('StartBulkPutItems', {
      TableName: 'Single',
      InputS3Configuration: { S3Bucket: 'bucket', InputFormat: 'ION' },
      OutputS3Configuration: { OutputType: ['ERROR'] },
    }),
    denied('StartBulkPutItems'),
    DENIED,
  ],
  [
    'a bulk load at less than 1,024 units',
    run('StartBulkPutItems', {
      TableName: 'Single',
      InputS3Configuration: { S3Bucket: 'bucket', InputFormat: 'ION' },
      OutputS3Configuration: { OutputType: ['ERROR'] },
      MaxWriteRequestUnits: 1_023,
    }),
    `${E}Value '1023' at 'maxWriteRequestUnits'${F}Member must have value greater than or equal to 1024`,
  ],
];

const answers = (operation: AccountOperation, input: object, expected: object): Behaviour => [
  `${operation} has nothing to tell`,
  async (door) => {
    const answer = (await door.execute(operation, input)) as Record<string, unknown>;
    const { $metadata: _metadata, ...members } = answer;
    assert.deepEqual(members, expected);
  },
];

const BEHAVIOURS: readonly Behaviour[] = [
  answers('ListBackups', { TableName: 'Nowhere' }, { BackupSummaries: [] }),
  answers('ListExports', {}, { ExportSummaries: [] }),
  answers('ListImports', {}, { ImportSummaryList: [] }),
  answers('ListGlobalTables', {}, { GlobalTables: [] }),
  answers('ListContributorInsights', {}, { ContributorInsightsSummaries: [] }),
  answers('ListBulkOperations', {}, { BulkOperationsSummaryList: [] }),
  answers(
    'DescribeKinesisStreamingDestination',
    { TableName: ARN },
    { TableName: 'Single', KinesisDataStreamDestinations: [] },
  ),
  answers(
    'DescribeContributorInsights',
    { TableName: 'Single' },
    { TableName: 'Single', ContributorInsightsStatus: 'DISABLED' },
  ),
  answers(
    'UpdateContributorInsights',
    { TableName: 'Single', ContributorInsightsAction: 'DISABLE' },
    { TableName: 'Single', ContributorInsightsStatus: 'DISABLED' },
  ),
  [
    'a table with recovery is restored and exported within its window alone, and then refused',
    async (door) => {
      await door.execute('UpdateContinuousBackups', {
        TableName: 'Single',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      });
      const restore = (more: object) =>
        run('RestoreTableToPointInTime', {
          SourceTableName: 'Single',
          TargetTableName: 'Other',
          ...more,
        })(door);
      await assert.rejects(restore({ RestoreDateTime: new Date(0) }), {
        name: 'InvalidRestoreTimeException',
      });
      await rejects(
        () => restore({ UseLatestRestorableTime: true, TargetTableName: 'Pairs' }),
        'TableAlreadyExistsException',
        'Table already exists: Pairs',
      );
      await rejects(
        () => restore({ UseLatestRestorableTime: true }),
        DENIED,
        denied('RestoreTableToPointInTime', `${TABLE}Other`),
      );
      await assert.rejects(
        door.execute('ExportTableToPointInTime', {
          TableArn: ARN,
          S3Bucket: 'bucket',
          ExportTime: new Date(0),
        }),
        { name: 'InvalidExportTimeException' },
      );
      await rejects(
        () => door.execute('ExportTableToPointInTime', { TableArn: ARN, S3Bucket: 'bucket' }),
        DENIED,
        denied('ExportTableToPointInTime'),
      );
      assert.ok(!(await door.listTables({})).TableNames.includes('Other'));
    },
  ],
];

export function unavailable(factory: DoorFactory): void {
  refusals('backups and restoring', factory, BACKUPS);
  refusals('exports and imports', factory, EXPORTS);
  refusals('global tables', factory, GLOBAL_TABLES);
  refusals('streaming and insights', factory, STREAMING);
  refusals('PartiQL', factory, STATEMENTS);
  refusals('vector search and bulk operations', factory, NEWEST);
  behaviours('an account without backups, exports, replicas and insights', factory, BEHAVIOURS);
}
