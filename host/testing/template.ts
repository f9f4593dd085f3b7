// Tables of a CloudFormation or SAM template (YAML or JSON), as inputs of CreateTable and of what has operations of its own.
//
// AWS::DynamoDB::Table, AWS::DynamoDB::GlobalTable (as one table) and AWS::Serverless::SimpleTable. A table without a name
// is called by its logical id. What concerns only AWS (Kinesis streams, Contributor Insights, imports) is left out.

import { parse, type ScalarTag, type CollectionTag } from 'yaml';
import { resolve, type Json, type TemplateScope } from './intrinsics.js';
import { TemplateError } from '../errors.js';

export interface TableTemplate {
  /** CreateTable's input. */
  readonly table: Json & { readonly TableName: string };
  readonly timeToLive?: Json;
}

const SHORT_FORMS = [
  'Ref',
  'Condition',
  'Sub',
  'GetAtt',
  'Join',
  'Select',
  'Split',
  'FindInMap',
  'If',
  'Equals',
  'Not',
  'And',
  'Or',
  'ImportValue',
  'Base64',
  'GetAZs',
  'Transform',
];
const TABLE = 'AWS::DynamoDB::Table';
const GLOBAL_TABLE = 'AWS::DynamoDB::GlobalTable';
const SIMPLE_TABLE = 'AWS::Serverless::SimpleTable';
/** Units of a global table that scales by itself: the tables of tests are small. */
const UNITS = { ReadCapacityUnits: 5, WriteCapacityUnits: 5 };

/** `parameters`: values for those of the template; others have their defaults. */
export function tablesOfTemplate(text: string, parameters: Json = {}): TableTemplate[] {
  const template = parse(text, { customTags: [...tags(), ...collectionTags()] }) as Json | null;
  const resources = (template?.['Resources'] ?? {}) as Readonly<Record<string, Resource>>;
  const scope: TemplateScope = {
    parameters: { ...defaults((template?.['Parameters'] ?? {}) as Json), ...parameters },
    mappings: (template?.['Mappings'] ?? {}) as Json,
    conditions: (template?.['Conditions'] ?? {}) as Json,
    resource: (id) => (id in resources ? nameOf(id, resources[id], scope) : undefined),
  };
  const found: TableTemplate[] = [];
  for (const [id, resource] of Object.entries(resources)) {
    const properties = (): Json => resolve(resource.Properties ?? {}, scope) as Json;
    const name = (): string => nameOf(id, resource, scope);
    if (resource.Type === TABLE) found.push(tableOf(properties(), name()));
    else if (resource.Type === GLOBAL_TABLE) found.push(tableOf(ofGlobal(properties()), name()));
    else if (resource.Type === SIMPLE_TABLE) found.push(tableOf(ofSimple(properties()), name()));
  }
  return found;
}

interface Resource {
  readonly Type: string;
  readonly Properties?: Json;
}

function nameOf(id: string, { Properties }: Resource, scope: TemplateScope): string {
  const name = Properties?.['TableName'];
  return name === undefined ? id : String(resolve(name, scope) ?? id);
}

function defaults(parameters: Json): Json {
  return Object.fromEntries(
    Object.entries(parameters)
      .filter(([, parameter]) => 'Default' in (parameter as Json))
      .map(([name, parameter]) => [name, (parameter as Json)['Default']]),
  );
}

function tableOf(properties: Json, TableName: string): TableTemplate {
  const {
    TimeToLiveSpecification,
    StreamSpecification,
    SSESpecification,
    GlobalSecondaryIndexes,
    PointInTimeRecoverySpecification: _backups,
    KinesisStreamSpecification: _kinesis,
    ContributorInsightsSpecification: _insights,
    ImportSourceSpecification: _import,
    ResourcePolicy: _policy,
    ...rest
  } = properties;
  if (rest['KeySchema'] === undefined)
    throw new TemplateError(`Table ${TableName} has no KeySchema.`);
  const stream = StreamSpecification as Json | undefined;
  const encryption = SSESpecification as Json | undefined;
  const indexes = GlobalSecondaryIndexes as readonly Json[] | undefined;
  return {
    table: {
      ...rest,
      TableName,
      ...(indexes === undefined ? {} : { GlobalSecondaryIndexes: indexes.map(ofIndex) }),
      ...(stream === undefined
        ? {}
        : {
            StreamSpecification: { StreamEnabled: true, StreamViewType: stream['StreamViewType'] },
          }),
      ...(encryption?.['SSEEnabled'] === true ? { SSESpecification: { Enabled: true } } : {}),
    },
    ...(TimeToLiveSpecification === undefined
      ? {}
      : { timeToLive: TimeToLiveSpecification as Json }),
  };
}

function ofIndex({ ContributorInsightsSpecification: _insights, ...index }: Json): Json {
  return index;
}

function ofGlobal({
  Replicas: _replicas,
  WriteProvisionedThroughputSettings: _writes,
  WriteOnDemandThroughputSettings: _demand,
  ReadProvisionedThroughputSettings: _reads,
  ReadOnDemandThroughputSettings: _readDemand,
  GlobalSecondaryIndexes,
  BillingMode,
  ...rest
}: Json): Json {
  const throughput = BillingMode === 'PAY_PER_REQUEST' ? {} : { ProvisionedThroughput: UNITS };
  const indexes = GlobalSecondaryIndexes as readonly Json[] | undefined;
  return {
    ...rest,
    BillingMode: BillingMode ?? 'PROVISIONED',
    ...throughput,
    ...(indexes === undefined
      ? {}
      : {
          GlobalSecondaryIndexes: indexes.map(({ IndexName, KeySchema, Projection }) => ({
            IndexName,
            KeySchema,
            Projection,
            ...throughput,
          })),
        }),
  };
}

function ofSimple({ PrimaryKey, ProvisionedThroughput, Tags }: Json): Json {
  const { Name = 'id', Type = 'String' } = (PrimaryKey ?? {}) as Json;
  const tags = Object.entries((Tags ?? {}) as Json).map(([Key, Value]) => ({ Key, Value }));
  return {
    KeySchema: [{ AttributeName: Name, KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: Name, AttributeType: String(Type).charAt(0) }],
    ...(ProvisionedThroughput === undefined
      ? { BillingMode: 'PAY_PER_REQUEST' }
      : { BillingMode: 'PROVISIONED', ProvisionedThroughput }),
    ...(tags.length === 0 ? {} : { Tags: tags }),
  };
}

/** `!Ref x` and its like, as the function that they are short for. */
function tags(): ScalarTag[] {
  return SHORT_FORMS.map((name) => ({
    tag: `!${name}`,
    resolve: (text: string) => long(name, text),
  }));
}

function collectionTags(): CollectionTag[] {
  return SHORT_FORMS.flatMap((name) =>
    (['seq', 'map'] as const).map((collection) => ({
      tag: `!${name}`,
      collection,
      resolve: (value) => long(name, (value as { toJSON(): unknown }).toJSON()),
    })),
  );
}

function long(name: string, argument: unknown): Json {
  return { [name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`]: argument };
}
