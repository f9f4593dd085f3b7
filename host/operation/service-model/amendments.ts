// What the service does otherwise than its model says, and what the model does not have: shapes and
// members that are put over those of service-model.json.

import { TABLE_KEYS_MAX } from '../../limits.js';
import type { Shape } from './shapes.js';

/** Over shapes there are: what is named here replaces the same of the model; members are added. */
export const AMENDMENTS: Readonly<Record<string, Partial<Shape>>> = {
  // The service lists faults in this order, and the values of these enums.
  CreateTableInput: {
    required: ['TableName', 'AttributeDefinitions', 'KeySchema'],
    members: { KeySchema: 'TableKeySchema', VectorIndexes: 'VectorIndexList', ranked: 'Ranked' },
    order: [
      'AttributeDefinitions',
      'BillingMode',
      'ProvisionedThroughput',
      'KeySchema',
      'GlobalSecondaryIndexes',
      'LocalSecondaryIndexes',
    ],
  },
  ProvisionedThroughput: { order: ['WriteCapacityUnits', 'ReadCapacityUnits'] },
  ProjectionType: { enum: ['ALL', 'INCLUDE', 'KEYS_ONLY'] },
  ScalarAttributeType: { enum: ['B', 'N', 'S'] },

  LocalSecondaryIndex: { members: { KeySchema: 'TableKeySchema', ranked: 'Ranked' } },
  GlobalSecondaryIndex: { members: { ranked: 'Ranked' } },
  CreateGlobalSecondaryIndexAction: { members: { ranked: 'Ranked' } },
  UpdateTableInput: { members: { VectorIndexUpdates: 'VectorIndexUpdateList' } },

  KeySchemaAttributeName: { lengthIn: 'bytes' },
  NonKeyAttributeName: { lengthIn: 'bytes' },
  TimeToLiveAttributeName: { lengthIn: 'bytes' },

  // These have rules with texts of their own: table-feature-rules.ts, tags.ts.
  TableClass: { enum: undefined },
  TagKeyString: { min: undefined, max: undefined },
  TagValueString: { min: undefined, max: undefined },
  Tag: { required: [] },
};

/** Inputs of the operations that the model does not have yet. */
export const NEWEST_INPUTS: Readonly<Record<string, string>> = {
  CancelBulkOperation: 'BulkOperationInput',
  DescribeBulkOperation: 'BulkOperationInput',
  ListBulkOperations: 'ListBulkOperationsInput',
  SearchVectors: 'SearchVectorsInput',
  StartBulkPutItems: 'StartBulkPutItemsInput',
};

const VECTOR_INDEX: Shape = {
  type: 'structure',
  required: ['IndexName', 'VectorAttribute', 'Projection', 'Dimensions', 'DistanceFunction'],
  members: {
    IndexName: 'IndexName',
    VectorAttribute: 'VectorAttributeDefinition',
    Projection: 'Projection',
    Dimensions: 'IntegerObject',
    DistanceFunction: 'VectorDistanceFunction',
    SearchSchema: 'SearchSchema',
  },
};

/** Shapes there are not: FerriteDB's own, then those of vector search and bulk operations. */
export const ADDITIONS: Readonly<Record<string, Shape>> = {
  Ranked: { type: 'boolean' },
  /** A table and a local index have fewer keys than a global index may have. */
  TableKeySchema: { type: 'list', member: 'KeySchemaElement', min: 1, max: TABLE_KEYS_MAX },

  VectorIndexList: { type: 'list', member: 'VectorIndex' },
  VectorIndex: VECTOR_INDEX,
  VectorAttributeDefinition: {
    type: 'structure',
    required: ['AttributeName'],
    members: { AttributeName: 'KeySchemaAttributeName' },
  },
  VectorDistanceFunction: { type: 'string', enum: ['COSINE', 'DOT_PRODUCT', 'EUCLIDEAN'] },
  SearchSchema: { type: 'list', member: 'SearchSchemaElement' },
  SearchSchemaElement: {
    type: 'structure',
    required: ['AttributeName', 'SearchSchemaElementType'],
    members: {
      AttributeName: 'KeySchemaAttributeName',
      SearchSchemaElementType: 'SearchSchemaElementType',
    },
  },
  SearchSchemaElementType: { type: 'string', enum: ['HASH', 'INLINE_FILTER'] },
  VectorIndexUpdateList: { type: 'list', member: 'VectorIndexUpdate' },
  VectorIndexUpdate: {
    type: 'structure',
    members: { Create: 'CreateVectorIndexAction', Delete: 'DeleteVectorIndexAction' },
  },
  CreateVectorIndexAction: VECTOR_INDEX,
  DeleteVectorIndexAction: {
    type: 'structure',
    required: ['IndexName'],
    members: { IndexName: 'IndexName' },
  },
  SearchVectorsInput: {
    type: 'structure',
    required: ['TableName', 'IndexName', 'SearchVector', 'TopK'],
    members: {
      TableName: 'TableArn',
      IndexName: 'IndexName',
      SearchVector: 'SearchVectorList',
      TopK: 'IntegerObject',
      ReturnConsumedCapacity: 'ReturnConsumedCapacity',
      ExpressionAttributeNames: 'ExpressionAttributeNameMap',
      ExpressionAttributeValues: 'ExpressionAttributeValueMap',
      ProjectionExpression: 'ProjectionExpression',
      SearchConditionExpression: 'ConditionExpression',
    },
  },
  SearchVectorList: { type: 'list', member: 'AttributeValue' },

  BulkOperationInput: {
    type: 'structure',
    required: ['BulkOperationArn'],
    members: { BulkOperationArn: 'String' },
  },
  ListBulkOperationsInput: {
    type: 'structure',
    members: { MaxResults: 'IntegerObject', NextToken: 'String' },
  },
  String: { type: 'string' },
  StartBulkPutItemsInput: {
    type: 'structure',
    required: ['InputS3Configuration', 'OutputS3Configuration', 'TableName'],
    members: {
      InputS3Configuration: 'InputS3Configuration',
      OutputS3Configuration: 'OutputS3Configuration',
      TableName: 'TableArn',
      ClientToken: 'ClientToken',
      MaxWriteRequestUnits: 'BulkWriteRequestUnits',
      PerformanceTier: 'BulkOperationPerformanceTier',
    },
  },
  InputS3Configuration: {
    type: 'structure',
    required: ['S3Bucket', 'InputFormat'],
    members: {
      S3Bucket: 'S3Bucket',
      InputFormat: 'BulkOperationInputFormat',
      S3BucketOwner: 'S3BucketOwner',
      S3KeyPrefix: 'S3Prefix',
      InputCompressionType: 'InputCompressionType',
    },
  },
  OutputS3Configuration: {
    type: 'structure',
    required: ['OutputType'],
    members: {
      OutputType: 'BulkOutputTypes',
      S3BucketOwner: 'S3BucketOwner',
      S3Bucket: 'S3Bucket',
      S3KeyPrefix: 'S3Prefix',
      S3SseAlgorithm: 'S3SseAlgorithm',
      S3SseKmsKeyId: 'S3SseKmsKeyId',
    },
  },
  BulkOutputTypes: { type: 'list', member: 'BulkOutputType' },
  BulkOutputType: { type: 'string', enum: ['CONDITION_CHECK_FAILURE', 'ERROR'] },
  BulkWriteRequestUnits: { type: 'long', min: 1_024 },
  BulkOperationInputFormat: { type: 'string', enum: ['DYNAMODB_JSON', 'ION'] },
  BulkOperationPerformanceTier: { type: 'string', enum: ['ACCELERATED', 'STANDARD'] },
};
