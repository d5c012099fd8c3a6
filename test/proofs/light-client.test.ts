import { describe, expect, it } from 'vitest';
import { nobleHash } from '../../sim/base/noble-hash.ts';
import { ratio } from '../../sim/base/ratio.ts';
import { addHolder, createKey, createKeyTable, type KeyTable, sign } from '../../models/keys/keys.ts';
import { type Commit, type Header, headerHash, voteSignBytes } from '../../models/proofs/header.ts';
import {
  type ConsensusState,
  consensusStateOf,
  type HeaderUpdate,
  type HeaderVerdict,
  type LightClientParameters,
  type LightClientView,
  refuseParameters,
  updateClient,
  verifyHeader,
  verifyMisbehaviour,
} from '../../models/proofs/light-client.ts';
import type { ProofMode, ProofScheme } from '../../models/proofs/proof-mode.ts';
import { type ValidatorEntry, validatorsHash } from '../../models/proofs/validator-set.ts';
import { describeWithVectors, vectors } from '../support/vectors.ts';

const MODES: readonly ProofMode[] = ['hashed', 'modelled'];
const SECOND = 1_000_000;
const SIGNER = 'signer';

class Forge {
  readonly scheme: ProofScheme;
  readonly keys: KeyTable;

  constructor(mode: ProofMode) {
    this.scheme = { mode, hash: nobleHash };
    this.keys = createKeyTable(mode, 'light client');
  }

  entry(address: string, power: number): ValidatorEntry {
    const known = this.keys.byName.get(address);
    return { address, power, key: known ?? createKey(this.keys, address, [SIGNER], nobleHash) };
  }

  set(powers: Readonly<Record<string, number>>): ValidatorEntry[] {
    return Object.entries(powers).map(([address, power]) => this.entry(address, power));
  }

  hash(validators: readonly ValidatorEntry[]): Uint8Array {
    return validatorsHash(validators, this.scheme);
  }

  header(at: { height: number; chainUs: number; validators: ValidatorEntry[]; next: ValidatorEntry[] }): Header {
    return {
      chain: 1,
      revision: 1,
      height: at.height,
      chainUs: at.chainUs,
      parentHash: new Uint8Array(32),
      stateRoot: new Uint8Array(32),
      validatorsHash: this.hash(at.validators),
      nextValidatorsHash: this.hash(at.next),
      proposer: 0,
    };
  }

  commit(header: Header, signers: readonly string[]): Commit {
    const hash = headerHash(header, this.scheme.mode, nobleHash);
    const { chain, revision, height } = header;
    const bytes = voteSignBytes({ kind: 'precommit', chain, revision, height, round: 0, headerHash: hash });
    const signatures = signers.map((address) => {
      const { key } = this.entry(address, 1);
      addHolder(this.keys, { key, process: SIGNER });
      return { key, signature: sign(this.keys, { key, process: SIGNER }, bytes, nobleHash) };
    });
    return { height, round: 0, headerHash: hash, signatures };
  }
}

interface Trace {
  trusting_period_s: number;
  initial: { height: number; time: number; next_validators: Record<string, number> };
  steps: {
    now: number;
    header: {
      height: number;
      time: number;
      validators: Record<string, number>;
      next_validators: Record<string, number>;
      signers: string[];
    };
    verdict: 'SUCCESS' | 'NOT_ENOUGH_TRUST' | 'INVALID';
  }[];
}

function verdictName(verdict: HeaderVerdict): Trace['steps'][number]['verdict'] {
  if (verdict.kind === 'accepted') return 'SUCCESS';
  return verdict.reason === 'not-enough-trust' ? 'NOT_ENOUGH_TRUST' : 'INVALID';
}

// tendermint-rs light-client/tests/support/model_based/single_step/MC4_4_faulty_*.json, distilled.
describeWithVectors('light client, model-based traces', () => {
  const traces = vectors<Record<string, Trace>>('light_client_mbt.json');

  it('has 62 verdicts: 28 success, 27 not enough trust, 7 invalid', () => {
    const all = Object.values(traces).flatMap((trace) => trace.steps.map((step) => step.verdict));
    const count = (name: string): number => all.filter((verdict) => verdict === name).length;
    expect(['SUCCESS', 'NOT_ENOUGH_TRUST', 'INVALID'].map(count)).toEqual([28, 27, 7]);
  });

  describe.each(MODES)('%s', (mode) => {
    it.each(Object.entries(traces))('%s -> the recorded verdicts', (_name, trace) => {
      const forge = new Forge(mode);
      const parameters: LightClientParameters = {
        chain: 1,
        revision: 1,
        trustLevel: ratio(1, 3),
        trustingPeriodUs: trace.trusting_period_s * SECOND,
        unbondingUs: 2 * trace.trusting_period_s * SECOND,
        clockDriftMaxUs: 0,
      };
      let trustedValidators = forge.set(trace.initial.next_validators);
      const { height, time } = trace.initial;
      const first = forge.header({ height, chainUs: time * SECOND, validators: [], next: trustedValidators });
      let trusted: ConsensusState = consensusStateOf(first, forge.scheme);
      for (const step of trace.steps) {
        const validators = forge.set(step.header.validators);
        const next = forge.set(step.header.next_validators);
        const chainUs = step.header.time * SECOND;
        const header = forge.header({ height: step.header.height, chainUs, validators, next });
        const commit = forge.commit(header, step.header.signers);
        const view = { parameters, trusted, nowUs: step.now * SECOND, keys: forge.keys, scheme: forge.scheme };
        const verdict = verifyHeader(view, { header, commit, validators, trustedValidators });
        expect(verdictName(verdict)).toBe(step.verdict);
        if (verdict.kind === 'accepted') {
          trusted = verdict.state;
          trustedValidators = next;
        }
      }
    });
  });
});

const DAY = 86_400 * SECOND;
const PARAMETERS: LightClientParameters = {
  chain: 1,
  revision: 1,
  trustLevel: ratio(1, 3),
  trustingPeriodUs: 14 * DAY,
  unbondingUs: 21 * DAY,
  clockDriftMaxUs: 10 * SECOND,
};

/** A valid world: trusted header 10 at time 1000 s of set abcd, a header 11 or 20 of the same set signed by abc. */
function build(mode: ProofMode, height = 11) {
  const forge = new Forge(mode);
  const set = forge.set({ a: 10, b: 10, c: 10, d: 10 });
  const at = { validators: set, next: set };
  const trusted = consensusStateOf(forge.header({ ...at, height: 10, chainUs: 1000 * SECOND }), forge.scheme);
  const header = forge.header({ ...at, height, chainUs: 1010 * SECOND });
  const update: HeaderUpdate = {
    header,
    commit: forge.commit(header, ['a', 'b', 'c']),
    validators: set,
    trustedValidators: set,
  };
  const view: LightClientView = {
    parameters: PARAMETERS,
    trusted,
    nowUs: 1020 * SECOND,
    keys: forge.keys,
    scheme: forge.scheme,
  };
  /** The update with a changed header, validly signed. */
  const signed = (change: Partial<Header>, signers = ['a', 'b', 'c']): HeaderUpdate => {
    const changed = { ...header, ...change };
    return { ...update, header: changed, commit: forge.commit(changed, signers) };
  };
  return { forge, set, trusted, header, update, view, signed };
}

const refused = (reason: string): unknown => ({ kind: 'rejected', reason });

describe.each(MODES)('light client, %s', (mode) => {
  it('accepts an adjacent and a skipping header of the trusted set', () => {
    for (const height of [11, 20]) {
      const { view, update, header, forge } = build(mode, height);
      expect(verifyHeader(view, update)).toEqual({ kind: 'accepted', state: consensusStateOf(header, forge.scheme) });
    }
  });

  it('refuses by the clock -> client-expired, header-from-future, at the exact boundaries', () => {
    const { view, update, trusted, header } = build(mode);
    const expiry = trusted.chainUs + PARAMETERS.trustingPeriodUs;
    expect(verifyHeader({ ...view, nowUs: expiry }, update)).toEqual(refused('client-expired'));
    expect(verifyHeader({ ...view, nowUs: expiry - 1 }, update).kind).toBe('accepted');
    const nowUs = header.chainUs - PARAMETERS.clockDriftMaxUs;
    expect(verifyHeader({ ...view, nowUs }, update)).toEqual(refused('header-from-future'));
    expect(verifyHeader({ ...view, nowUs: nowUs + 1 }, update).kind).toBe('accepted');
  });

  it('refuses headers that do not move on -> height-not-newer, time-not-monotone, wrong-chain', () => {
    const { view, signed, trusted } = build(mode);
    expect(verifyHeader(view, signed({ height: 10 }))).toEqual(refused('height-not-newer'));
    expect(verifyHeader(view, signed({ chainUs: trusted.chainUs }))).toEqual(refused('time-not-monotone'));
    expect(verifyHeader(view, signed({ chain: 2 }))).toEqual(refused('wrong-chain'));
    expect(verifyHeader(view, signed({ revision: 2 }))).toEqual(refused('wrong-chain'));
  });

  it('refuses sets that are not those of the hashes', () => {
    const { view, update, forge, signed } = build(mode);
    const other = forge.set({ a: 11, b: 10, c: 10, d: 10 });
    expect(verifyHeader(view, { ...update, validators: other })).toEqual(refused('validators-hash-mismatch'));
    const takeover = { ...signed({ validatorsHash: forge.hash(other) }), validators: other };
    expect(verifyHeader(view, takeover)).toEqual(refused('next-validators-mismatch'));
    const skipping = build(mode, 20);
    const wrongTrust = { ...skipping.update, trustedValidators: skipping.forge.set({ a: 1 }) };
    expect(verifyHeader(skipping.view, wrongTrust)).toEqual(refused('trusted-validators-mismatch'));
  });

  it('needs more than 2/3 of the header set -> commit-below-quorum', () => {
    const { view, signed } = build(mode);
    expect(verifyHeader(view, signed({}, ['a', 'b']))).toEqual(refused('commit-below-quorum'));
  });

  it('needs more than the trust level when it skips -> not-enough-trust, at the exact boundary', () => {
    for (const [oldPower, kind] of [
      [10, 'rejected'],
      [11, 'accepted'],
    ] as const) {
      const { forge, view, header, trusted } = build(mode, 20);
      const old = forge.set({ a: oldPower, b: 10, c: 10 });
      const fresh = forge.set({ a: oldPower, x: 10, y: 20 });
      const from = { ...trusted, nextValidatorsHash: forge.hash(old) };
      const changed = { ...header, validatorsHash: forge.hash(fresh) };
      const commit = forge.commit(changed, ['a', 'x', 'y']);
      const update = { header: changed, commit, validators: fresh, trustedValidators: old };
      const verdict = verifyHeader({ ...view, trusted: from }, update);
      expect(verdict.kind).toBe(kind);
      if (verdict.kind === 'rejected') expect(verdict.reason).toBe('not-enough-trust');
    }
  });

  it('refuses a commit for another header or height -> commit-header-mismatch', () => {
    const { view, update } = build(mode);
    const commits: Commit[] = [
      { ...update.commit, height: 12 },
      { ...update.commit, headerHash: new Uint8Array(32) },
      { ...update.commit, headerHash: new Uint8Array(0) },
    ];
    for (const commit of commits) {
      expect(verifyHeader(view, { ...update, commit })).toEqual(refused('commit-header-mismatch'));
    }
    const { forge, header } = build(mode);
    const elsewhere = { ...update, header: { ...header, stateRoot: new Uint8Array(32).fill(1) } };
    expect(verifyHeader({ ...view, keys: forge.keys }, elsewhere)).toEqual(refused('commit-header-mismatch'));
  });

  it('refuses every flipped bit of each signature -> signature-invalid', () => {
    const { view, update } = build(mode);
    update.commit.signatures.forEach((entry, index) => {
      for (let bit = 0; bit < 8 * entry.signature.length; bit++) {
        const signature = entry.signature.slice();
        signature[bit >>> 3] = signature[bit >>> 3]! ^ (1 << (bit & 7));
        const signatures = update.commit.signatures.map((old, i) => (i === index ? { ...old, signature } : old));
        const commit = { ...update.commit, signatures };
        expect(verifyHeader(view, { ...update, commit })).toEqual(refused('signature-invalid'));
      }
    });
  });

  it('refuses every flipped bit of each signer, for what the flip makes of it', () => {
    const { view, update, set } = build(mode);
    const signers = update.commit.signatures.map((entry) => entry.key);
    const seen = new Set<string>();
    update.commit.signatures.forEach((entry, index) => {
      for (let bit = 0; bit < 31; bit++) {
        const key = entry.key ^ (1 << bit);
        const signatures = update.commit.signatures.map((old, i) => (i === index ? { ...old, key } : old));
        const reason = signers.includes(key)
          ? 'duplicate-signer'
          : set.some((validator) => validator.key === key)
            ? 'signature-invalid'
            : 'unknown-signer';
        seen.add(reason);
        const commit = { ...update.commit, signatures };
        expect(verifyHeader(view, { ...update, commit })).toEqual(refused(reason));
      }
    });
    expect([...seen].sort()).toEqual(['duplicate-signer', 'signature-invalid', 'unknown-signer']);
  });

  it('counts nobody twice -> duplicate-signer, and nobody else -> unknown-signer', () => {
    const { view, signed } = build(mode);
    expect(verifyHeader(view, signed({}, ['a', 'a', 'a']))).toEqual(refused('duplicate-signer'));
    expect(verifyHeader(view, signed({}, ['a', 'b', 'c', 'stranger']))).toEqual(refused('unknown-signer'));
  });

  it('refuses votes of another round than the commit says -> signature-invalid', () => {
    const { view, update } = build(mode);
    const commit = { ...update.commit, round: 1 };
    expect(verifyHeader(view, { ...update, commit })).toEqual(refused('signature-invalid'));
  });
});

describe.each(MODES)('light client updates, %s', (mode) => {
  const nothing = { same: undefined, below: undefined, above: undefined };

  it('moves on, knows a header again, and does not go back when a gap is filled', () => {
    const { view, update, trusted } = build(mode);
    const state = { latestHeight: 10, isFrozen: false };
    const verdict = updateClient(view, { state, latest: trusted, neighbours: { ...nothing, below: trusted } }, update);
    expect(verdict).toMatchObject({ kind: 'accepted', state: { latestHeight: 11, isFrozen: false } });
    if (verdict.kind !== 'accepted') return;
    const again = { state: verdict.state, latest: verdict.consensus };
    expect(updateClient(view, { ...again, neighbours: { ...nothing, same: verdict.consensus } }, update)).toEqual({
      kind: 'noop',
      reason: 'header-known',
    });
    const later = { state: { latestHeight: 30, isFrozen: false }, latest: verdict.consensus, neighbours: nothing };
    expect(updateClient(view, later, update)).toMatchObject({ kind: 'accepted', state: { latestHeight: 30 } });
  });

  it('does nothing once it is frozen or expired', () => {
    const { view, update, trusted } = build(mode);
    const frozen = { state: { latestHeight: 10, isFrozen: true }, latest: trusted, neighbours: nothing };
    expect(updateClient(view, frozen, update)).toEqual(refused('client-frozen'));
    const late = { ...view, nowUs: trusted.chainUs + PARAMETERS.trustingPeriodUs };
    const live = { ...frozen, state: { latestHeight: 10, isFrozen: false } };
    expect(updateClient(late, live, update)).toEqual(refused('client-expired'));
  });

  it('freezes on a second header at a height and on time that stands still', () => {
    const { view, signed, update, trusted, forge } = build(mode);
    const same = consensusStateOf(update.header, forge.scheme);
    const state = { latestHeight: 11, isFrozen: false };
    const fork = signed({ stateRoot: new Uint8Array(32).fill(7) });
    const frozen = { latestHeight: 11, isFrozen: true };
    expect(updateClient(view, { state, latest: same, neighbours: { ...nothing, same } }, fork)).toEqual({
      kind: 'misbehaviour',
      state: frozen,
      reason: 'conflicting-header',
    });
    const above = { ...trusted, height: 12, chainUs: update.header.chainUs };
    expect(updateClient(view, { state, latest: same, neighbours: { ...nothing, above } }, update)).toEqual({
      kind: 'misbehaviour',
      state: frozen,
      reason: 'time-violation',
    });
    const unsigned = { ...fork, commit: { ...fork.commit, signatures: [] } };
    expect(updateClient(view, { state, latest: same, neighbours: { ...nothing, same } }, unsigned)).toEqual(
      refused('commit-below-quorum'),
    );
  });

  // PROTOCOLS section 8, defect 8: the client's horizon is its own, not the 48 hours after which the chain cannot slash.
  it.each([
    ['three days', 3 * DAY, 'misbehaviour'],
    ['a second less than the trusting period', PARAMETERS.trustingPeriodUs - SECOND, 'misbehaviour'],
    ['the trusting period', PARAMETERS.trustingPeriodUs, 'rejected'],
  ])('freezes on evidence that is %s old -> %s', (_what, ageUs, kind) => {
    const { view, signed, update, trusted } = build(mode);
    const late = { ...view, nowUs: trusted.chainUs + ageUs };
    const fork = signed({ stateRoot: new Uint8Array(32).fill(7) });
    const state = { latestHeight: 10, isFrozen: false };
    expect(verifyMisbehaviour(state, { view: late, update }, { view: late, update: fork }).kind).toBe(kind);
  });

  it('freezes on evidence of two headers, and only when they contradict each other', () => {
    const { view, signed, update } = build(mode);
    const state = { latestHeight: 10, isFrozen: false };
    const root = new Uint8Array(32).fill(7);
    const first = { view, update };
    const fork = { view, update: signed({ stateRoot: root }) };
    expect(verifyMisbehaviour(state, first, fork)).toMatchObject({
      kind: 'misbehaviour',
      state: { isFrozen: true },
      reason: 'conflicting-header',
    });
    expect(verifyMisbehaviour(state, first, first)).toEqual(refused('no-contradiction'));
    const later = { view, update: signed({ height: 12, chainUs: update.header.chainUs + 1 }) };
    expect(verifyMisbehaviour(state, first, later)).toEqual(refused('no-contradiction'));
    const standing = { view, update: signed({ height: 12 }) };
    expect(verifyMisbehaviour(state, standing, first)).toMatchObject({ reason: 'time-violation' });
    const weak = { view, update: signed({ stateRoot: root }, ['a', 'b']) };
    expect(verifyMisbehaviour(state, first, weak)).toEqual(refused('commit-below-quorum'));
    const few = { view, update: signed({ stateRoot: root }, ['a']) };
    expect(verifyMisbehaviour(state, first, few)).toEqual(refused('not-enough-trust'));
    expect(verifyMisbehaviour({ ...state, isFrozen: true }, first, fork)).toEqual(refused('client-frozen'));
  });
});

describe('light client parameters', () => {
  it('needs a trusting period below unbonding, and a trust level from 1/3 to 1', () => {
    expect(refuseParameters(PARAMETERS)).toBeUndefined();
    const long = { ...PARAMETERS, trustingPeriodUs: PARAMETERS.unbondingUs };
    expect(refuseParameters(long)).toBe('trusting-period-not-below-unbonding');
    for (const [level, reason] of [
      [ratio(1, 1), undefined],
      [ratio(33, 100), 'trust-level-out-of-range'],
      [ratio(4, 3), 'trust-level-out-of-range'],
    ] as const) {
      expect(refuseParameters({ ...PARAMETERS, trustLevel: level })).toBe(reason);
    }
  });
});
