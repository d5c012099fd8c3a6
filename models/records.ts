/* eslint-disable max-lines -- one table, declared once: records cut into files would be looked for in all of them */
/**
 * Every record kind, declared once. Records are raw facts: what was done, where, by whom. What they mean (the life of a
 * message, a violation, a latency) is folded from them in `reports/observers`.
 *
 * Facts of a block (those with `chain` and `block`) are published when the block is executed, once, whichever nodes have
 * it; they count while `head-moved` says that the block is on the chain's reference branch.
 * Ids are dense from 0; `-1` stands for none. Times are microseconds: simulated (`...Us`) or by a chain's own clock
 * (`...ChainUs`).
 */
import { defineRecord, field, type RecordDefinition } from '../sim/kernel/record.ts';

const { whole, flag, text, amount, bytes, list } = field;

// Declarations, at time 0, before anything happens.

export const runDeclared = defineRecord('run-declared', 'what the whole run promises', {
  horizonUs: whole('end of traffic'),
  drainUs: whole('longest time that the run goes on after the horizon'),
  gstUs: whole('global stabilisation time, -1 where nothing is promised'),
  deltaUs: whole('bound on a delay after GST, -1 where nothing is promised'),
});
export const chainDeclared = defineRecord('chain-declared', 'a chain exists', {
  chain: whole('chain id'),
  name: text('id in the scenario'),
  consensus: text('kind of the consensus part'),
  nodes: whole('number of validators or miners'),
  totalPower: whole('voting power or hash share units of all of them'),
  settleDepth: whole('blocks above a block after which its facts are never undone'),
  blockTimeUs: whole('mean time between blocks that the parameters imply'),
});
export const validatorDeclared = defineRecord('validator-declared', 'a validator or miner takes part', {
  chain: whole('chain id'),
  node: whole('index of its node on the chain'),
  name: text('name, <chain>/<index>'),
  key: whole('key id'),
  power: whole('voting power or hash share units'),
});
export const accountDeclared = defineRecord('account-declared', 'an account can hold balances', {
  chain: whole('chain id'),
  account: whole('account id on that chain'),
  name: text('name'),
  role: text('user, relayer, escrow, fees, or system'),
});
export const assetDeclared = defineRecord('asset-declared', 'an asset is native to a chain', {
  asset: text('denomination'),
  chain: whole('chain that mints it'),
  decimals: whole('digits between the displayed unit and the base unit'),
});
export const laneDeclared = defineRecord('lane-declared', 'a lane exists', {
  lane: whole('lane id'),
  name: text('id in the scenario'),
  source: whole('chain id'),
  destination: whole('chain id'),
  reverse: whole('lane id of the way back, -1 where there is none'),
  path: text('name shared by a lane and its reverse: the prefix of their vouchers'),
  verifier: text('kind of the verifier part'),
  sourceDepth: whole('blocks on top after which a source block is final for this lane; 0 is instant'),
  destinationDepth: whole('the same for the way back of acknowledgements and timeouts'),
  acknowledges: flag('whether a message ends with its acknowledgement'),
  boundUs: whole('liveness bound: longest time from enabled to resolved after GST'),
});
export const trafficDeclared = defineRecord('traffic-declared', 'a source of messages exists', {
  traffic: whole('traffic id'),
  name: text('id in the scenario'),
  lane: whole('lane id'),
  application: text('kind of the application part'),
});
export const relayerDeclared = defineRecord('relayer-declared', 'a relayer serves lanes', {
  relayer: whole('relayer id'),
  name: text('name, expanded'),
  lanes: list('lane ids'),
  accounts: list('pairs chain id, account id'),
});
export const committeeDeclared = defineRecord('committee-declared', 'a committee attests for a lane', {
  committee: whole('committee id'),
  name: text('name'),
  lane: whole('lane id'),
  threshold: whole('distinct signers that an acceptance needs'),
  members: whole('number of members'),
});
export const verifierDeclared = defineRecord('verifier-declared', 'a part of the tree by which a lane is believed', {
  lane: whole('lane id'),
  part: whole('index of the part, 0 is the whole tree; parts stand before those below them'),
  above: whole('index of the part that it belongs to, -1 for the whole'),
  name: text('name of the part within the one above, that of the lane for the whole'),
  kind: text('kind of the verifier part'),
  isRequired: flag('whether the one above accepts nothing without it'),
  atLeast: whole('how many of those below that are not required must accept'),
  committee: whole('committee id of who signs for it, -1 where nobody does'),
});
export const attesterDeclared = defineRecord('attester-declared', 'a process attests with a key', {
  attester: whole('attester id'),
  name: text('name'),
  committee: whole('committee id'),
  member: whole('index of the member, shared by twins'),
  key: whole('key id'),
});
export const assumptionDeclared = defineRecord('assumption-declared', 'the scenario assumes', {
  assumption: whole('assumption id'),
  kind: text(
    'byzantine, synchrony, reorg, honest-relayers, lying-sources, honest-committee, serving-provers or sound-circuit',
  ),
  subject: whole('chain, lane or committee id; -1 for the whole run'),
  subjectName: text('its name'),
  limitNumerator: whole('limit, exact'),
  limitDenominator: whole('limit, exact'),
});
export const faultDeclared = defineRecord('fault-declared', 'the scenario plans a fault', {
  fault: whole('fault id'),
  name: text('id in the scenario'),
  kind: text('kind of the fault part'),
});

// Faults, and who they make faulty. Ground truth for the assumptions.

export const faultStarted = defineRecord('fault-started', 'a fault begins to act', { fault: whole('fault id') });
export const faultEnded = defineRecord('fault-ended', 'a fault no longer acts', { fault: whole('fault id') });
export const validatorTurned = defineRecord('validator-turned', 'a validator becomes Byzantine or honest again', {
  chain: whole('chain id'),
  node: whole('index of its node'),
  power: whole('its voting power'),
  isByzantine: flag('whether it may do anything from now on'),
  fault: whole('fault id'),
});
export const nodeCrashed = defineRecord('node-crashed', 'a node stops', {
  chain: whole('chain id'),
  node: whole('index of the node'),
  fault: whole('fault id'),
});
export const nodeRestarted = defineRecord('node-restarted', 'a stopped node runs again', {
  chain: whole('chain id'),
  node: whole('index of the node'),
  fault: whole('fault id'),
});
export const relayerTurned = defineRecord('relayer-turned', 'a relayer stops or resumes serving', {
  relayer: whole('relayer id'),
  isServing: flag('whether it serves from now on'),
  fault: whole('fault id, -1 where it ran out of gas'),
});
export const sourceTurned = defineRecord('source-turned', 'what a member reads becomes false or true again', {
  committee: whole('committee id'),
  attester: whole('attester id'),
  isLying: flag('whether its data source lies from now on'),
  fault: whole('fault id'),
});
export const attesterTurned = defineRecord('attester-turned', 'an attester becomes Byzantine or honest again', {
  committee: whole('committee id'),
  attester: whole('attester id'),
  isByzantine: flag('whether it may sign anything from now on'),
  fault: whole('fault id'),
});
export const claimMade = defineRecord('claim-made', 'a claim stands on its host, open to dispute', {
  chain: whole('chain id of the host'),
  block: whole('block id'),
  client: whole('client id'),
  lane: whole('lane id'),
  sequence: whole('sequence'),
  claim: text('commitment, acknowledgement or absence'),
  account: whole('account that made it and put the bond down'),
});
export const claimDisputed = defineRecord('claim-disputed', 'a watcher disputed a claim, which never counts', {
  chain: whole('chain id of the host'),
  block: whole('block id'),
  client: whole('client id'),
  lane: whole('lane id'),
  sequence: whole('sequence'),
  claim: text('commitment, acknowledgement or absence'),
  account: whole('account of the watcher, which gets the bond'),
});
export const proverDeclared = defineRecord('prover-declared', 'somebody proves the heads of a chain to a client', {
  prover: whole('prover id'),
  name: text('name'),
  lanes: list('lane ids whose packets wait for its proofs'),
  client: whole('client id'),
  machines: whole('proofs that it can work on at once'),
});
export const proverTurned = defineRecord('prover-turned', 'a machine of a prover stops or works again', {
  prover: whole('prover id'),
  machine: whole('index of the machine'),
  isUp: flag('whether it works from now on'),
  fault: whole('fault id, -1 where it broke or was repaired by itself'),
});
export const circuitTurned = defineRecord('circuit-turned', 'a circuit has a declared defect, or has it no longer', {
  client: whole('client id'),
  lane: whole('lane id'),
  isSound: flag('whether it proves nothing but the truth from now on'),
  fault: whole('fault id'),
});
export const programProposed = defineRecord('program-proposed', 'guardians have signed for another circuit', {
  chain: whole('chain id of the host'),
  block: whole('block id'),
  client: whole('client id'),
  key: whole('key id of the circuit'),
  fromChainUs: whole('time by the clock of the host from which on it counts'),
  account: whole('account that brought it'),
});
export const proofMade = defineRecord('proof-made', 'a machine has proven a range of blocks', {
  prover: whole('prover id'),
  machine: whole('index of the machine'),
  fromHeight: whole('height that it was proven from'),
  height: whole('height that it was proven to'),
  attempt: whole('times that the proof was begun, from 1'),
});
export const proofAccepted = defineRecord('proof-accepted', 'a client took a head that came with a proof', {
  chain: whole('chain id of the host'),
  block: whole('block id'),
  client: whole('client id'),
  fromHeight: whole('height that it was proven from'),
  height: whole('height of the head'),
  parts: whole('ranges that were folded into the one proof'),
  gas: whole('gas of the whole call, shared by its parts'),
  price: amount('paid for this range, base units of the gas asset'),
  account: whole('account that brought it'),
});
export const memberWeighed = defineRecord('member-weighed', 'members of a committee do not weigh the same', {
  committee: whole('committee id'),
  attester: whole('attester id'),
  weight: whole('weight of its member'),
});
export const keyRotated = defineRecord('key-rotated', 'a member signs with a new key from its next set on', {
  committee: whole('committee id'),
  attester: whole('attester id'),
  key: whole('key id'),
});
export const layerTurned = defineRecord('layer-turned', 'a layer of an attester stops, or works again', {
  committee: whole('committee id'),
  attester: whole('attester id'),
  layer: text('key, process or source'),
  isUp: flag('whether it works from now on'),
  fault: whole('fault id'),
});
export const envelopeLate = defineRecord('envelope-late', 'an envelope broke the bound on delays after GST', {
  network: whole('network id'),
  from: whole('sending node'),
  to: whole('receiving node'),
  delayUs: whole('its delay, -1 where it was lost'),
  fault: whole('fault id that delayed it, -1 where it was the network itself'),
});

// Chains.

export const blockProduced = defineRecord('block-produced', 'a block was executed for the first time', {
  chain: whole('chain id'),
  block: whole('block id, dense on its chain, 0 is genesis'),
  parent: whole('block id'),
  height: whole('height'),
  chainUs: whole('timestamp by the chain clock'),
  proposer: whole('index of the node that proposed it'),
  transactions: whole('number of transactions'),
  gas: whole('gas used'),
  stateRoot: bytes('root of the contract state after it'),
});
export const blockDecided = defineRecord('block-decided', 'a node holds a block as final by consensus', {
  chain: whole('chain id'),
  node: whole('index of the node'),
  height: whole('height'),
  round: whole('round of the decision'),
  block: whole('block id'),
});
export const headMoved = defineRecord('head-moved', 'the reference branch of a chain moved', {
  chain: whole('chain id'),
  head: whole('block id of the new head'),
  height: whole('its height'),
  undone: list('block ids that left the branch, newest first'),
  applied: list('block ids that joined it, oldest first'),
});
export const voteCast = defineRecord('vote-cast', 'a validator process signed a vote', {
  chain: whole('chain id'),
  node: whole('index of the node that signed'),
  key: whole('key id it signed with'),
  height: whole('height'),
  round: whole('round'),
  step: text('prevote or precommit'),
  block: whole('block id, -1 for nil'),
});
export const evidenceFound = defineRecord('evidence-found', 'two signed votes of one key contradict each other', {
  chain: whole('chain id'),
  node: whole('index of the node that found it'),
  key: whole('key id of the offender'),
  height: whole('height'),
  round: whole('round'),
  step: text('prevote or precommit'),
});
export const validatorSetChanged = defineRecord(
  'validator-set-changed',
  'a validator has another power from a height',
  {
    chain: whole('chain id'),
    block: whole('block id'),
    node: whole('index of the node'),
    power: whole('new voting power'),
    fromHeight: whole('first height of the new set'),
  },
);
export const transactionSubmitted = defineRecord('transaction-submitted', 'a transaction entered the mempool', {
  chain: whole('chain id'),
  transaction: whole('transaction id on its chain'),
  account: whole('account that pays'),
  calls: whole('number of calls in it'),
});
export const transactionIncluded = defineRecord('transaction-included', 'a block executed a transaction', {
  chain: whole('chain id'),
  block: whole('block id'),
  transaction: whole('transaction id'),
  account: whole('account that pays'),
  gas: whole('gas used'),
  fee: amount('paid, in base units of the native asset'),
  asset: text('denomination of the fee'),
  isReverted: flag('whether all its effects but the fee were undone'),
  reason: text('why it was reverted, empty otherwise'),
});
export const transactionDropped = defineRecord('transaction-dropped', 'a transaction left the mempool for good', {
  chain: whole('chain id'),
  transaction: whole('transaction id'),
  reason: text('why'),
});
export const assetMoved = defineRecord('asset-moved', 'base units changed hands on a chain', {
  chain: whole('chain id'),
  block: whole('block id'),
  asset: text('denomination'),
  from: whole('account id, -1 where minted'),
  to: whole('account id, -1 where burnt'),
  amount: amount('base units'),
  why: text('genesis, transfer, escrow, unescrow, mint, burn, refund, fee, fee-back, bond, proof'),
  lane: whole('lane id, -1 where none'),
  sequence: whole('sequence, 0 where none'),
});

// Messages and packets.

export const messageRequested = defineRecord('message-requested', 'a user asked for a message', {
  message: whole('message id'),
  traffic: whole('traffic id'),
  number: whole('number within its traffic, from 1'),
  lane: whole('lane id'),
  chain: whole('source chain id'),
  transaction: whole('transaction id on the source'),
  amount: amount('base units sent, 0 for a call'),
  asset: text('denomination, empty for a call'),
});
export const messageRejected = defineRecord('message-rejected', 'the source refused a message', {
  chain: whole('chain id'),
  block: whole('block id'),
  lane: whole('lane id'),
  message: whole('message id'),
  reason: text('why'),
});
export const packetCommitted = defineRecord('packet-committed', 'the source wrote a packet commitment', {
  chain: whole('source chain id'),
  block: whole('block id'),
  lane: whole('lane id'),
  sequence: whole('sequence'),
  message: whole('message id: a ghost, no protocol reads it'),
  commitment: bytes('commitment of the packet'),
  timeoutChainUs: whole('destination time from which it may time out, 0 for none'),
  timeoutHeight: whole('destination height from which it may time out, 0 for none'),
  payer: whole('account to refund'),
  asset: text('denomination escrowed or burnt, empty for a call'),
  amount: amount('base units escrowed or burnt'),
});
export const packetReceived = defineRecord('packet-received', 'the destination accepted a packet and ran its call', {
  chain: whole('destination chain id'),
  block: whole('block id'),
  lane: whole('lane id'),
  sequence: whole('sequence'),
  commitment: bytes('commitment that was proven'),
  proofHeight: whole('source height of the proof'),
  proofBlock: whole('source block id that the proof speaks of, -1 where only a committee vouches: a ghost'),
  account: whole('account that delivered it, -1 where it had been held'),
  transaction: whole('transaction id, -1 where it had been held'),
  isExecuted: flag('whether the application call succeeded; an error acknowledgement is written otherwise'),
  reason: text('why the call failed, empty otherwise'),
});
export const packetRepeated = defineRecord('packet-repeated', 'a delivery did nothing, and cost gas', {
  chain: whole('chain id'),
  block: whole('block id'),
  lane: whole('lane id'),
  sequence: whole('sequence'),
  action: text('receive, acknowledge or time-out'),
  account: whole('account that paid for it'),
  reason: text('already-received, or no-commitment'),
});
export const packetRefused = defineRecord('packet-refused', 'a delivery was refused', {
  chain: whole('chain id'),
  block: whole('block id'),
  lane: whole('lane id'),
  sequence: whole('sequence'),
  action: text('receive, acknowledge or time-out'),
  account: whole('account that paid for it'),
  reason: text('why'),
});
export const acknowledgementWritten = defineRecord(
  'acknowledgement-written',
  'the destination wrote an acknowledgement',
  {
    chain: whole('destination chain id'),
    block: whole('block id'),
    lane: whole('lane id'),
    sequence: whole('sequence'),
    isSuccess: flag('false for the error acknowledgement'),
  },
);
export const packetAcknowledged = defineRecord(
  'packet-acknowledged',
  'the source deleted a commitment by its acknowledgement',
  {
    chain: whole('source chain id'),
    block: whole('block id'),
    lane: whole('lane id'),
    sequence: whole('sequence'),
    isSuccess: flag('false where the value was returned'),
    account: whole('account that relayed it'),
    transaction: whole('transaction id'),
  },
);
export const packetTimedOut = defineRecord('packet-timed-out', 'the source deleted a commitment by proof of absence', {
  chain: whole('source chain id'),
  block: whole('block id'),
  lane: whole('lane id'),
  sequence: whole('sequence'),
  proofChainUs: whole('destination time that the proof was read at'),
  proofHeight: whole('destination height that the proof was read at'),
  account: whole('account that relayed it'),
  transaction: whole('transaction id'),
});
export const packetSettled = defineRecord('packet-settled', 'both chains forget a packet that is final on both', {
  lane: whole('lane id'),
  sequence: whole('sequence'),
});

// Verification and carrying.

export const clientUpdated = defineRecord('client-updated', 'a client accepted a header', {
  chain: whole('chain that hosts the client'),
  block: whole('block id'),
  client: whole('client id'),
  height: whole('height of the header'),
  headerBlock: whole('block id of the header: a ghost, -1 where no block has that header'),
  headerRoot: bytes('state root that the client now trusts'),
});
export const clientFrozen = defineRecord('client-frozen', 'a client saw misbehaviour and accepts nothing more', {
  chain: whole('chain that hosts the client'),
  block: whole('block id'),
  client: whole('client id'),
  height: whole('height of the conflict'),
});
export const attestationSigned = defineRecord('attestation-signed', 'an attester signed a claim', {
  committee: whole('committee id'),
  attester: whole('attester id: the process'),
  key: whole('key id'),
  lane: whole('lane id'),
  sequence: whole('sequence'),
  claim: text('commitment, acknowledgement or absence'),
  sourceBlock: whole('block id that it read the claim in, by its own data source'),
  digest: bytes('what it signed'),
});
export const attestationReached = defineRecord('attestation-reached', 'enough signatures of a claim can be read', {
  committee: whole('committee id'),
  lane: whole('lane id'),
  sequence: whole('sequence'),
  claim: text('commitment, acknowledgement or absence'),
});
export const relayQueued = defineRecord('relay-queued', 'a relayer took up a piece of work', {
  relayer: whole('relayer id'),
  lane: whole('lane id'),
  sequence: whole('sequence'),
  action: text('receive, acknowledge or time-out'),
});
export const relaySubmitted = defineRecord('relay-submitted', 'a relayer submitted a delivery', {
  relayer: whole('relayer id'),
  lane: whole('lane id'),
  sequence: whole('sequence'),
  action: text('receive, acknowledge or time-out'),
  chain: whole('chain that it was submitted to'),
  transaction: whole('transaction id, -1 where it was lost on its way'),
  attempt: whole('attempt, from 1'),
});
export const relayDropped = defineRecord('relay-dropped', 'a relayer gave a piece of work up', {
  relayer: whole('relayer id'),
  lane: whole('lane id'),
  sequence: whole('sequence'),
  action: text('receive, acknowledge or time-out'),
  reason: text('queue-full, out-of-gas, retries-spent, or done-by-another'),
});
export const runEnded = defineRecord('run-ended', 'nothing more will happen', {
  reason: text('resolved, drain-cap, or ran-dry'),
});

export const laneRuled = defineRecord('lane-ruled', 'a lane has other rules than the usual', {
  lane: whole('lane id'),
  ordering: text('kind of the ordering part'),
  replay: text('what keeps a packet from being received twice: receipt, nonce, hash or bitmap'),
  timeout: text('what a packet times out by: destination, none or dual-lock'),
  acknowledgement: text('sync, async or none'),
  failure: text('error-ack, retry or trap'),
  pause: text('kind of the pause part'),
});
export const laneClosed = defineRecord('lane-closed', 'a packet of an ordered lane timed out, and closed it', {
  chain: whole('source chain id'),
  block: whole('block id'),
  lane: whole('lane id'),
  sequence: whole('sequence that timed out'),
});
export const laneReopened = defineRecord('lane-reopened', 'a closed lane was opened again', {
  chain: whole('source chain id'),
  block: whole('block id'),
  lane: whole('lane id'),
  fromSequence: whole('first sequence since'),
});

export const lanePaused = defineRecord('lane-paused', 'one end of a lane was paused, or goes on', {
  chain: whole('chain of that end'),
  block: whole('block id'),
  lane: whole('lane id'),
  isPaused: flag('whether nothing passes from now on'),
  account: whole('account that did it'),
});
export const limitDeclared = defineRecord('limit-declared', 'one end of a lane bounds what passes', {
  lane: whole('lane id'),
  end: text('source or destination'),
  asset: text('denomination at home'),
  capacity: amount('base units that may pass at once'),
  perSecond: amount('base units that may pass more with each second'),
});
export const limitChanged = defineRecord('limit-changed', 'a limit has another setting', {
  chain: whole('chain of that end'),
  block: whole('block id'),
  lane: whole('lane id'),
  end: text('source or destination'),
  capacity: amount('base units that may pass at once'),
  perSecond: amount('base units that may pass more with each second'),
});
export const laneFinality = defineRecord('lane-finality', 'a lane waits for a named head and not for depth', {
  lane: whole('lane id'),
  sourceTag: text('latest, safe, finalized or settled; empty where depth decides'),
  destinationTag: text('the same for the way back'),
});
export const tagMoved = defineRecord('tag-moved', 'a chain holds more of its blocks for safe, final or settled', {
  chain: whole('chain id'),
  tag: text('safe, finalized or settled'),
  block: whole('newest block id that carries it'),
  height: whole('its height'),
});
export const slotMissed = defineRecord('slot-missed', 'a slot passed without a block', {
  chain: whole('chain id'),
  slot: whole('slot, from 1'),
  proposer: whole('index of the node whose turn it was, -1 where nobody has stake left'),
});
export const epochEnded = defineRecord('epoch-ended', 'an epoch ended, and its votes were counted', {
  chain: whole('chain id'),
  epoch: whole('epoch, from 0'),
  active: whole('stake with duties, in steps of the effective balance'),
  voted: whole('of which voted for the checkpoint of the epoch before'),
  justified: whole('newest justified epoch'),
  finalized: whole('newest finalised epoch'),
  isLeaking: flag('whether those who do not vote lose stake for it'),
});
export const validatorSlashed = defineRecord('validator-slashed', 'a validator lost stake for contradicting itself', {
  chain: whole('chain id'),
  node: whole('index of its node'),
  epoch: whole('epoch'),
  penalty: whole('taken at once from each of its validators, in Gwei'),
});

export const companyPenalised = defineRecord(
  'company-penalised',
  'a validator lost stake once more, for all who were slashed around the same time',
  {
    chain: whole('chain id'),
    node: whole('index of its node'),
    epoch: whole('epoch that ended'),
    penalty: amount('taken from all of its validators together, in Gwei'),
    effective: amount('their effective balance before, in Gwei'),
    slashed: whole('effective balance slashed in the epochs that count, in steps'),
    active: whole('stake with duties, in steps'),
  },
);
export const stakersDeclared = defineRecord('stakers-declared', 'who stakes on a chain, as far as it was said', {
  chain: whole('chain id'),
  stakers: whole('validators that are active'),
  averageGwei: whole('their balance on average, in Gwei'),
  epochUs: whole('length of an epoch'),
  unbondingUs: whole('time for which a state may be trusted, and stake stays bound'),
});
export const watcherTurned = defineRecord('watcher-turned', 'a watcher of claims goes down, or is repaired', {
  watcher: whole('watcher id'),
  lane: whole('lane id'),
  client: whole('client id'),
  isUp: flag('whether it looks from now on'),
});

export const packetHeld = defineRecord(
  'packet-held',
  'the destination accepted a packet whose outcome it does not know',
  {
    chain: whole('destination chain id'),
    block: whole('block id'),
    lane: whole('lane id'),
    sequence: whole('sequence'),
    commitment: bytes('commitment that was proven'),
    account: whole('account that delivered it'),
    transaction: whole('transaction id'),
    reason: text('what it waits for'),
  },
);
export const packetForwarded = defineRecord('packet-forwarded', 'a packet goes on over another lane', {
  chain: whole('chain in the middle'),
  block: whole('block id'),
  fromLane: whole('lane that it came by'),
  fromSequence: whole('its sequence there'),
  lane: whole('lane that it goes on by'),
  sequence: whole('its sequence there'),
});

export const packetVerified = defineRecord('packet-verified', 'the destination keeps a proven packet to be executed', {
  chain: whole('destination chain id'),
  block: whole('block id'),
  lane: whole('lane id'),
  sequence: whole('sequence'),
  commitment: bytes('commitment that was proven'),
  account: whole('account that brought the proof'),
  transaction: whole('transaction id'),
});
export const packetTried = defineRecord(
  'packet-tried',
  'the call of a verified packet failed, and may be tried again',
  {
    chain: whole('destination chain id'),
    block: whole('block id'),
    lane: whole('lane id'),
    sequence: whole('sequence'),
    account: whole('account that tried'),
    transaction: whole('transaction id'),
    reason: text('why the call failed'),
  },
);
export const packetAdministered = defineRecord(
  'packet-administered',
  'who holds the key of a lane disposed of a packet',
  {
    chain: whole('destination chain id'),
    block: whole('block id'),
    lane: whole('lane id'),
    sequence: whole('sequence'),
    act: text('skip, nilify, burn or clear'),
    account: whole('account that did'),
    transaction: whole('transaction id'),
  },
);

export const openingStep = defineRecord('opening-step', 'a step was taken to open a lane', {
  chain: whole('chain id'),
  block: whole('block id'),
  lane: whole('lane id'),
  step: whole('step, from 1'),
  name: text('create-client, or init, try, ack and confirm of connection and channel'),
  account: whole('account that paid for it'),
  transaction: whole('transaction id'),
});

export const baseFeeSet = defineRecord('base-fee-set', 'the price of gas in a block, where it follows demand', {
  chain: whole('chain id'),
  block: whole('block id'),
  baseFee: amount('base units burnt for a unit of gas'),
});
export const chainTurned = defineRecord('chain-turned', 'a whole chain is disturbed, or well again', {
  chain: whole('chain id'),
  condition: text(
    'halt, slow-blocks, empty-blocks or congestion; of layered chains stopped-below, undone, false-outputs or wrong-candidates',
  ),
  isOn: flag('whether from now on'),
  fault: whole('fault id'),
});

export const trafficRouted = defineRecord('traffic-routed', 'messages of a source of messages go on over other lanes', {
  traffic: whole('traffic id'),
  lanes: list('lane ids behind its own, in order'),
});
export const batchPosted = defineRecord('batch-posted', 'the data of some blocks of a rollup is in a block below', {
  chain: whole('id of the chain below'),
  block: whole('block id there'),
  rollup: whole('chain id of the rollup'),
  to: whole('height of the last of its blocks'),
  blocks: whole('how many'),
});
export const outputPosted = defineRecord('output-posted', 'a head of a rollup is stated below', {
  chain: whole('id of the chain below'),
  block: whole('block id there'),
  rollup: whole('chain id of the rollup'),
  output: whole('number of the output, from 0'),
  height: whole('height of the rollup that it speaks of'),
});
export const outputDisputed = defineRecord('output-disputed', 'an output is shown to be false, and struck off', {
  chain: whole('id of the chain below'),
  block: whole('block id there'),
  rollup: whole('chain id of the rollup'),
  output: whole('number of the output; later ones fall with it'),
  account: whole('account of the challenger, on the chain below'),
});
export const outputSettled = defineRecord('output-settled', 'contracts below believe a head of a rollup', {
  chain: whole('id of the chain below'),
  block: whole('block id there'),
  rollup: whole('chain id of the rollup'),
  output: whole('number of the output'),
  height: whole('height of the rollup that it speaks of'),
  isTrue: flag('ghost: whether it is what the data below comes to'),
});
export const candidateBacked = defineRecord('candidate-backed', 'validators of a relay chain vouch for a block', {
  chain: whole('id of the relay chain'),
  block: whole('block id there'),
  parachain: whole('chain id of the parachain'),
  height: whole('height of its block'),
});
export const candidateIncluded = defineRecord('candidate-included', 'a block of a parachain is available and counts', {
  chain: whole('id of the relay chain'),
  block: whole('block id there'),
  parachain: whole('chain id of the parachain'),
  height: whole('height of its block'),
});
export const candidateApproved = defineRecord('candidate-approved', 'enough checkers found a block to be right', {
  parachain: whole('chain id of the parachain'),
  block: whole('block id there'),
  height: whole('its height'),
});
export const candidateDisputed = defineRecord(
  'candidate-disputed',
  'checkers found a block to be wrong: it is undone',
  {
    parachain: whole('chain id of the parachain'),
    block: whole('block id there'),
    height: whole('its height'),
  },
);

export const legLocked = defineRecord('leg-locked', 'a participant locks the value of a packet on its destination', {
  chain: whole('chain id'),
  block: whole('block id'),
  client: whole('client id'),
  lane: whole('lane id'),
  sequence: whole('sequence on the lane'),
  account: whole('account of the participant'),
  untilUs: whole('time by the clock of that chain at which the lock opens'),
});
export const legTaken = defineRecord('leg-taken', 'the sender of a packet shows its secret, and takes what is locked', {
  chain: whole('chain id'),
  block: whole('block id'),
  client: whole('client id'),
  lane: whole('lane id'),
  sequence: whole('sequence on the lane'),
});
export const laneCharged = defineRecord('lane-charged', 'carriage on a lane is paid for', {
  lane: whole('lane id'),
  scheme: text('kind of the fee scheme'),
  account: whole('account id at the source that holds what senders paid, -1 where none does'),
});

export const chainUpgraded = defineRecord('chain-upgraded', 'a chain goes on under a new revision', {
  chain: whole('chain id'),
  block: whole('block id, the first of the revision'),
  height: whole('its height'),
  revision: whole('the revision, from 1'),
  hasPath: flag('whether the old revision says what clients elsewhere are to become'),
});
export const clientUpgraded = defineRecord('client-upgraded', 'a light client follows a new revision', {
  chain: whole('chain that hosts the client'),
  block: whole('block id'),
  client: whole('client id'),
  revision: whole('the revision that it follows from now on'),
});

/** Every record kind in the order of its number. New kinds go to the end of their group; digests change with the order. */
export const records = [
  runDeclared,
  chainDeclared,
  validatorDeclared,
  accountDeclared,
  assetDeclared,
  laneDeclared,
  trafficDeclared,
  relayerDeclared,
  committeeDeclared,
  attesterDeclared,
  assumptionDeclared,
  faultDeclared,
  faultStarted,
  faultEnded,
  validatorTurned,
  nodeCrashed,
  nodeRestarted,
  relayerTurned,
  sourceTurned,
  attesterTurned,
  envelopeLate,
  blockProduced,
  blockDecided,
  headMoved,
  voteCast,
  evidenceFound,
  validatorSetChanged,
  transactionSubmitted,
  transactionIncluded,
  transactionDropped,
  assetMoved,
  messageRequested,
  messageRejected,
  packetCommitted,
  packetReceived,
  packetRepeated,
  packetRefused,
  acknowledgementWritten,
  packetAcknowledged,
  packetTimedOut,
  packetSettled,
  clientUpdated,
  clientFrozen,
  attestationSigned,
  attestationReached,
  relayQueued,
  relaySubmitted,
  relayDropped,
  runEnded,
  // ORDER: the place of a kind is in the digest: new ones come last.
  verifierDeclared,
  layerTurned,
  laneRuled,
  laneClosed,
  laneReopened,
  memberWeighed,
  keyRotated,
  lanePaused,
  limitDeclared,
  limitChanged,
  laneFinality,
  tagMoved,
  slotMissed,
  epochEnded,
  validatorSlashed,
  packetHeld,
  packetForwarded,
  packetVerified,
  packetTried,
  packetAdministered,
  openingStep,
  claimMade,
  claimDisputed,
  baseFeeSet,
  chainTurned,
  companyPenalised,
  stakersDeclared,
  watcherTurned,
  proverDeclared,
  proverTurned,
  proofMade,
  proofAccepted,
  trafficRouted,
  batchPosted,
  outputPosted,
  outputDisputed,
  outputSettled,
  candidateBacked,
  candidateIncluded,
  candidateApproved,
  candidateDisputed,
  circuitTurned,
  programProposed,
  legLocked,
  legTaken,
  laneCharged,
  chainUpgraded,
  clientUpgraded,
] as unknown as readonly RecordDefinition[];
