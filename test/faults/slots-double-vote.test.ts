import { describe, expect, it } from 'vitest';
import { runText } from '../support/runs.ts';

const TEXT = `l0sim: 1
name: slashed
seed: "4"
horizon: 3h
proofs: modelled
chains:
  eth: { consensus: { kind: slots, slots-per-epoch: 8 }, validators: [8, 1, 1], asset: { name: ETH, decimals: 9 } }
faults:
  f: { kind: slots.double-vote, target: { chain: eth, validators: 1..1 }, when: { at: 30min } }
assume: [{ byzantine: eth, below: 1/3 }]
`;

describe('faults: slots.double-vote', () => {
  const run = runText(TEXT);
  const EPOCH_US = 8 * 12_000_000;

  it('slashes once: a 32nd of 32 ETH from each validator', () => {
    expect(run.of('validator-slashed').map(({ fields }) => [fields['node'], fields['penalty']])).toEqual([
      [1, 1_000_000_000],
    ]);
    expect(run.of('validator-turned')[0]?.fields).toMatchObject({ chain: 0, node: 1, power: 1, isByzantine: true });
  });

  it('takes its duties away five epochs later, and the rest goes on to finalise', () => {
    const slashedAt = run.of('validator-slashed')[0]!.atUs;
    const exitAt = (Math.floor(slashedAt / EPOCH_US) + 5) * EPOCH_US;
    const blocks = run.of('block-produced').filter(({ fields }) => fields['height'] !== 0);
    expect(blocks.some(({ atUs, fields }) => atUs < exitAt && fields['proposer'] === 1)).toBe(true);
    expect(blocks.some(({ atUs, fields }) => atUs > exitAt + EPOCH_US && fields['proposer'] === 1)).toBe(false);
    const last = run.of('epoch-ended').at(-1)!.fields;
    expect((last['epoch'] as number) - (last['finalized'] as number)).toBe(1);
    expect(last['active']).toBe(9 * 8 * 32);
  });
});

describe('faults: slots.double-vote, the penalty for company', () => {
  const slashed = (powers: string, validators: string) =>
    runText(
      TEXT.replace('horizon: 3h', 'horizon: 274min')
        .replace('slots-per-epoch: 8 }', 'slots-per-epoch: 4 }, block: 1s')
        .replace('[8, 1, 1]', powers)
        .replace('1..1', validators)
        .replace('30min', '22s')
        .replace(/assume: .*/, ''),
    );

  // @source consensus-specs specs/bellatrix/beacon-chain.md, process_slashings: numerator = effective balance in steps
  // of 1 ETH (31, after the first penalty) * min(3 * slashed, active), divided by active in whole steps.
  it.each([
    ['one of ten', '[1, 9]', '0', 1, 10n],
    ['one of a hundred: below a step, so nothing', '[1, 99]', '0', 1, 0n],
    ['two of eight', '[1, 6, 1]', '[0, 2]', 2, 31n],
    ['two of ten', '[1, 8, 1]', '[0, 2]', 2, 23n],
  ])('%s', (_name, powers, validators, operators, eth) => {
    const run = slashed(powers, validators);
    const first = run.of('validator-slashed')[0]!.fields['epoch'] as number;
    const found = run.of('company-penalised').map(({ fields }) => fields);
    expect(found).toHaveLength(operators);
    for (const fields of found) {
      // Half of the vector of 8,192 epochs later; four cohorts of one validator each.
      expect(fields['epoch']).toBe(first + 4_096);
      expect([fields['penalty'], fields['effective']]).toEqual([4n * eth * 1_000_000_000n, 4n * 31_000_000_000n]);
    }
  });
});
