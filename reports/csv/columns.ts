/**
 * Every file and column that a run leaves, declared once. Rows inside are keyed in camelCase with the unit of the value
 * (`sentUs`); the column's name is the snake_case of it with the unit of the border (`sent_ms`).
 */
export type ColumnType = 'text' | 'whole' | 'number' | 'us' | 'amount' | 'flag';

export interface Column<T extends ColumnType = ColumnType, O extends boolean = boolean> {
  readonly type: T;
  readonly isOptional: O;
  readonly meaning: string;
}

interface ColumnValues {
  text: string;
  whole: number;
  /** Any finite number, by its shortest decimal. */
  number: number;
  us: number;
  amount: bigint;
  flag: boolean;
}

export type ColumnMap = Readonly<Record<string, Column>>;
type ValueOf<C> = C extends Column<infer T, infer O> ? ColumnValues[T] | (O extends true ? undefined : never) : never;
/** A row of a file. Optional values are `undefined` where the cell is empty. */
export type RowOf<F> = F extends CsvFile<infer C> ? { [K in keyof C]: ValueOf<C[K]> } : never;

export interface CsvFile<C extends ColumnMap = ColumnMap> {
  readonly name: string;
  readonly meaning: string;
  readonly columns: C;
  /** Keys of the row in column order. */
  readonly keys: readonly string[];
  /** Names in the header, in the same order. */
  readonly header: readonly string[];
  readonly primaryKey: readonly string[];
}

const column =
  <T extends ColumnType>(type: T) =>
  (meaning: string): Column<T, false> => ({ type, isOptional: false, meaning });
const optional =
  <T extends ColumnType>(type: T) =>
  (meaning: string): Column<T, true> => ({ type, isOptional: true, meaning });
const text = column('text');
const whole = column('whole');
const us = column('us');
const amount = column('amount');
const flag = column('flag');
const maybeUs = optional('us');
const maybeWhole = optional('whole');

/** `sentUs` -> `sent_ms`, `valueBaseUnits` -> `value_base_units`. */
export function columnName(key: string, type: ColumnType): string {
  const border = type === 'us' ? key.replace(/Us$/, 'Ms') : key;
  return border.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function defineFile<C extends ColumnMap>(
  name: string,
  meaning: string,
  primaryKey: readonly string[],
  columns: C,
): CsvFile<C> {
  const keys = Object.keys(columns);
  const header = keys.map((key) => columnName(key, (columns[key] as Column).type));
  return { name, meaning, columns, keys, header, primaryKey };
}

const outcomeCounts = {
  requested: whole('messages still waiting in the source mempool at the end'),
  rejected: whole('messages that the source refused'),
  sent: whole('messages sent and not final at the end'),
  orphaned: whole('messages that a reorg removed and that were not included again'),
  final: whole('messages final at the source and not carried further at the end'),
  attesting: whole('messages with some attestations at the end'),
  attested: whole('messages with enough attestations, not executed at the end'),
  executed: whole('messages executed and not acknowledged, or executed where lanes do not acknowledge'),
  failed: whole('messages whose execution failed, where nothing came of it at the source'),
  ackPending: whole('messages executed or failed whose acknowledgement is not proven at the end'),
  acknowledged: whole('messages acknowledged'),
  unwound: whole('messages that timed out or came back by an error acknowledgement'),
  discarded: whole('messages given up before they were sent'),
  stranded: whole('messages that every relayer gave up'),
};

export const summaryFile = defineFile('summary.csv', 'one row a run', [], {
  scenario: text('name of the scenario'),
  seed: text('seed, a decimal string'),
  verdict: text('as-expected, violation, unmet, threshold, or inconclusive'),
  exitCode: whole('exit code of the run'),
  endUs: us('simulated time at the end'),
  messages: whole('messages requested'),
  ...outcomeCounts,
  forged: whole('executions without an authentic send; not among the messages'),
  requestToSentP50Us: maybeUs('median time from request to commitment at the source, nearest rank'),
  requestToSentP95Us: maybeUs('95th percentile of it'),
  requestToSentP99Us: maybeUs('99th percentile of it'),
  sentToFinalP50Us: maybeUs('median time from commitment to finality under the rule of the lane'),
  sentToFinalP95Us: maybeUs('95th percentile of it'),
  sentToFinalP99Us: maybeUs('99th percentile of it'),
  finalToExecutedP50Us: maybeUs('median time from finality to execution on the destination'),
  finalToExecutedP95Us: maybeUs('95th percentile of it'),
  finalToExecutedP99Us: maybeUs('99th percentile of it'),
  executedToAcknowledgedP50Us: maybeUs('median time from execution to acknowledgement at the source'),
  executedToAcknowledgedP95Us: maybeUs('95th percentile of it'),
  executedToAcknowledgedP99Us: maybeUs('99th percentile of it'),
  deliveryP50Us: maybeUs('median time from request to execution'),
  deliveryP95Us: maybeUs('95th percentile of it'),
  deliveryP99Us: maybeUs('99th percentile of it'),
  totalP50Us: maybeUs('median time from request to the end of a message that was executed or unwound'),
  totalP95Us: maybeUs('95th percentile of it'),
  totalP99Us: maybeUs('99th percentile of it'),
  messageFees: text('fees of the moves of messages: "<base units> <asset>", assets in alphabetical order'),
  messageGas: whole('gas of the moves of messages'),
  violations: whole('findings of all properties'),
});

export const messagesFile = defineFile(
  'messages.csv',
  'one row a message, in the order in which their ends settled',
  ['message'],
  {
    message: text('<traffic>/<number>; forged/<n> for an execution without an authentic send'),
    lane: text('lane id in the scenario'),
    sequence: maybeWhole('sequence on its lane'),
    outcome: text('state at the end'),
    reason: text('reason of the move into it'),
    isSettled: flag('whether that end is beyond any reorg on both chains'),
    requestedUs: us('when the user asked for it'),
    sentUs: maybeUs('when its commitment joined the reference branch of the source, the last time'),
    finalUs: maybeUs('when it was final under the rule of the lane'),
    attestedUs: maybeUs('when enough attestations could be read'),
    executedUs: maybeUs('when its execution joined the reference branch of the destination, the last time'),
    failedUs: maybeUs('when its failed execution did'),
    ackPendingUs: maybeUs('when its acknowledgement was written'),
    endedUs: maybeUs('when it reached its end'),
    deadlineUs: us('when it has to be at its end: liveness bound of its lane'),
    requestToSentUs: maybeUs('sent - requested'),
    sentToFinalUs: maybeUs('final - sent'),
    finalToExecutedUs: maybeUs('executed - final'),
    executedToAcknowledgedUs: maybeUs('acknowledged - executed'),
    totalUs: maybeUs('ended - requested, where it was executed or unwound'),
    valueBaseUnits: amount('value sent, 0 for a call'),
    asset: text('denomination of the value, empty for a call'),
    sourceFeeBaseUnits: amount('fees of its moves on the source, in the native asset of that chain'),
    destinationFeeBaseUnits: amount('fees of its moves on the destination, in the native asset of that chain'),
    gas: whole('gas of its moves'),
  },
);

export const hopsFile = defineFile(
  'hops.csv',
  'one row a packet of a forwarded transfer, in the order in which their ends settled',
  ['message', 'hop', 'attempt'],
  {
    message: text('message that the user asked for'),
    hop: whole('lanes from the first to this one, both counted'),
    attempt: whole('how often it was sent on from the hop before, this time counted'),
    route: text('lanes from the first to this one, separated by " > "'),
    lane: text('lane of this hop'),
    packet: text('its own row in messages.csv'),
    outcome: text('state of the packet at the end'),
    isLast: flag('whether it arrived and nothing went on from it'),
    startedUs: us('when it was asked for: by the user, or by the block that sent it on'),
    arrivedUs: maybeUs('when its destination had it, executed or held while it goes on'),
    endedUs: maybeUs('when it reached its end'),
    hopUs: maybeUs('arrived - started'),
    sinceOriginUs: maybeUs('arrived - when the user asked: the way so far, all of it in the row that is last'),
    backUs: maybeUs('ended - arrived: what lay behind it, and the answer'),
  },
);

export const routesFile = defineFile(
  'routes.csv',
  'one row a way that packets of forwarded transfers came by, the ways before its last lane among them',
  ['route'],
  {
    route: text('lanes from the first on, separated by " > "'),
    hop: whole('number of lanes'),
    packets: whole('packets that arrived by it'),
    hopP50Us: maybeUs('median time on the last of these lanes, nearest rank'),
    hopP95Us: maybeUs('95th percentile of it'),
    hopP99Us: maybeUs('99th percentile of it'),
    sinceOriginP50Us: maybeUs('median time from the request of the user to there'),
    sinceOriginP95Us: maybeUs('95th percentile of it'),
    sinceOriginP99Us: maybeUs('99th percentile of it'),
  },
);

export const transitionsFile = defineFile(
  'transitions.csv',
  'one row a move of a message, in the order of the run',
  [],
  {
    timeUs: us('when'),
    event: whole('number of the event that published the fact'),
    cause: whole('number of the event that scheduled that one, 0 for none'),
    chain: text('chain whose block moved it, empty where none did'),
    height: maybeWhole('height of that block'),
    lane: text('lane'),
    message: text('message; <lane>#<sequence> where it was settled and forgotten before'),
    from: text('state before, empty for a new message'),
    to: text('state after'),
    actor: text('account, attester, relayer or traffic that did it'),
    reason: text('why, empty on the ordinary way'),
    feeBaseUnits: amount('share of the fee of its transaction; negative where a reorg took the block back'),
    feeAsset: text('denomination of the fee, empty where there is none'),
    gas: whole('share of the gas of its transaction; negative where a reorg took the block back'),
  },
);

export const propertiesFile = defineFile(
  'properties.csv',
  'one row a property and component',
  ['property', 'component'],
  {
    property: text('slug of the property'),
    component: text('lane, chain, committee or asset that it was judged on'),
    applicable: flag('whether the property speaks of this scenario'),
    checked: whole('times that it was exercised; 0 means that nothing could have broken it'),
    met: whole('obligations met, for liveness'),
    missed: whole('violations of safety, or obligations missed'),
    notDue: whole('obligations not due at the end'),
    firstViolationUs: maybeUs('time of the first violation'),
    firstViolationEvent: maybeWhole('event number of the first violation'),
    leastSlackUs: maybeUs('smallest time left to a deadline; negative where it was missed'),
  },
);

export const assumptionsFile = defineFile('assumptions.csv', 'one row an assumption and interval', [], {
  assumption: text(
    'byzantine, synchrony, reorg, honest-relayers, lying-sources, honest-committee, serving-provers or sound-circuit',
  ),
  component: text('chain, lane or committee; empty for the whole run'),
  holds: flag('whether it held in this interval'),
  measured: text('worst value in the interval: a share a/b, a count, or microseconds; lost for a lost envelope'),
  limit: text('limit, exact'),
  fromUs: us('begin of the interval'),
  untilUs: us('end of the interval'),
  faults: text('faults that broke it, separated by blanks'),
});

export const participantsFile = defineFile(
  'participants.csv',
  'one row a participant and chain',
  ['participant', 'role', 'chain'],
  {
    participant: text('name'),
    role: text('validator, attester, relayer, or users: all user accounts of a chain together'),
    chain: text('chain, empty for an attester'),
    stake: whole('voting power or hash share units at the end, 0 for others'),
    blocksProposed: whole('blocks that it proposed and that were executed'),
    votes: whole('votes signed with its node'),
    evidence: whole('proofs of its double signing found'),
    attestations: whole('claims signed'),
    downUs: us('time crashed, or not serving'),
    byzantineUs: us('time that it was Byzantine, or that its source lied'),
    submitted: whole('deliveries submitted'),
    delivered: whole('deliveries that moved a packet'),
    repeated: whole('deliveries that came second'),
    refused: whole('deliveries refused'),
    dropped: whole('pieces of work given up, in the row of its first account'),
    gas: whole('gas paid for'),
    costBaseUnits: amount('fees paid, in the native asset of the chain'),
    costAsset: text('denomination of the cost, empty where it paid nothing'),
    income: text('fees earned: "<base units> <asset>", assets in alphabetical order'),
  },
);

export const violationsFile = defineFile('violations.csv', 'one row a finding, at most 1,000 a property', [], {
  property: text('slug of the property'),
  component: text('where'),
  message: text('message, empty where it is about none'),
  timeUs: us('when'),
  event: whole('number of the event'),
  what: text('what was seen, in one sentence'),
});

export const timeseriesFile = defineFile('timeseries.csv', 'long form: one row a time, metric and subject', [], {
  timeUs: us('simulated time'),
  metric: text('name of the metric, unit last'),
  subject: text('lane or chain'),
  value: whole('value'),
});

export const checkpointsFile = defineFile(
  'checkpoints.csv',
  'digest of the run every 4,096 events and at the end',
  ['event'],
  {
    event: whole('event number'),
    record: whole('record number'),
    timeUs: us('simulated time'),
    digest: text('hex of the digest so far'),
  },
);

/** Every file, in the order of the documentation. */
export const csvFiles: readonly CsvFile[] = [
  summaryFile,
  messagesFile,
  hopsFile,
  routesFile,
  transitionsFile,
  propertiesFile,
  assumptionsFile,
  participantsFile,
  violationsFile,
  timeseriesFile,
  checkpointsFile,
];

export type SummaryRow = RowOf<typeof summaryFile>;
export type MessageRow = RowOf<typeof messagesFile>;
export type HopRow = RowOf<typeof hopsFile>;
export type RouteRow = RowOf<typeof routesFile>;
export type TransitionRow = RowOf<typeof transitionsFile>;
export type PropertyRow = RowOf<typeof propertiesFile>;
export type AssumptionRow = RowOf<typeof assumptionsFile>;
export type ParticipantRow = RowOf<typeof participantsFile>;
export type ViolationRow = RowOf<typeof violationsFile>;
export type TimeseriesRow = RowOf<typeof timeseriesFile>;
export type CheckpointRow = RowOf<typeof checkpointsFile>;
