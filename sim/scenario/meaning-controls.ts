/** What limiters, pauses and operators must also mean. */
import { nearest } from '../grammar/nearest.ts';
import type { Scenario } from './scenario.ts';
import type { ScenarioText } from './schema.ts';
import type { Path } from './text/located.ts';
import type { ProblemList } from './text/validate.ts';

interface AmountText {
  readonly asset: string;
  readonly decimal: string;
}

/** `checkAsset` says whether an amount is of an asset that some chain mints, and no finer than its base unit. */
export function checkControls(
  scenario: Scenario,
  text: ScenarioText,
  list: ProblemList,
  checkAsset: (path: Path, asset: string, amount: string) => void,
): void {
  const bucket = (path: Path, capacity: AmountText, rate: AmountText): void => {
    checkAsset([...path, 'capacity'], capacity.asset, capacity.decimal);
    if (rate.asset === capacity.asset) return checkAsset([...path, 'rate'], rate.asset, rate.decimal);
    const expected = `an amount of ${capacity.asset}`;
    list.at([...path, 'rate'], 'E139', 'a bucket of one asset is filled with another', { expected, got: rate.asset });
  };
  for (const [id, lane] of Object.entries(text.lanes ?? {})) {
    const { limiter } = lane;
    if (limiter !== undefined && limiter !== 'unlimited') {
      bucket(['lanes', id, 'limiter'], limiter.capacity, limiter.rate);
    }
  }
  for (const [id, operator] of Object.entries(text.operators ?? {})) {
    (operator.holds ?? []).forEach((lane, i) => knownLane(scenario, list, ['operators', id, 'holds', i], lane));
    (operator.acts ?? []).forEach((act, i) => {
      const path: Path = ['operators', id, 'acts', i];
      if (!knownLane(scenario, list, [...path, 'lane'], act.lane)) return;
      if (act.do === 'set-limit') bucket(path, act.capacity, act.rate);
      const lane = scenario.lanes[act.lane];
      const on = 'on' in act ? act.on : undefined;
      if (on !== undefined && on !== lane?.from && on !== lane?.to) {
        const expected = `${lane?.from ?? ''} or ${lane?.to ?? ''}`;
        list.at([...path, 'on'], 'E139', `${on} is no end of ${act.lane}`, { expected, got: on });
      }
      const wrong = misfit(scenario, act.do, act.lane);
      if (wrong !== undefined) list.at([...path, 'do'], 'E139', wrong.what, { expected: wrong.expected, got: act.do });
    });
  }
  checkHolders(text, list);
}

const DISPOSALS = ['skip', 'nilify', 'burn', 'clear', 'execute'];

/** An act that could never do anything. */
function misfit(scenario: Scenario, what: string, id: string): { what: string; expected: string } | undefined {
  const lane = scenario.lanes[id];
  if ((what === 'pause' || what === 'resume') && lane?.pause === 'never') {
    return { what: `nobody can pause ${id}`, expected: 'a lane with pause: { kind: key }' };
  }
  if (what === 'set-limit' && lane?.limiter === 'unlimited') {
    return { what: `${id} has no limit to change`, expected: 'a lane with a limiter' };
  }
  const isTwoStep = lane?.ordering === 'lazy-gap' || (lane?.failure ?? 'error-ack') !== 'error-ack';
  if (DISPOSALS.includes(what) && (!isTwoStep || (what !== 'execute' && lane?.acknowledge === true))) {
    const expected = `a lane with ordering: lazy-gap or failure: retry${what === 'execute' ? '' : ', and acknowledge: false'}`;
    return { what: `no packet of ${id} waits to be disposed of`, expected };
  }
  if (what === 'skip' && lane?.ordering !== 'lazy-gap') {
    return { what: `nothing waits for a packet of ${id}`, expected: 'a lane with ordering: lazy-gap' };
  }
  if (what === 'reopen' && lane?.ordering !== 'strict') {
    return { what: `${id} never closes`, expected: 'a lane with ordering: strict' };
  }
  return undefined;
}

function knownLane(scenario: Scenario, list: ProblemList, path: Path, lane: string): boolean {
  const lanes = Object.keys(scenario.lanes);
  if (lanes.includes(lane)) return true;
  const near = nearest(lane, lanes);
  list.at(path, 'E130', `unknown lane ${lane}`, {
    expected: lanes.length === 0 ? '' : `one of ${lanes.join(', ')}`,
    got: JSON.stringify(lane),
    hint: near === undefined ? '' : `did you mean ${near}?`,
  });
  return false;
}

/** A key has one holder: who else acts is refused, and that may be what a scenario is about. */
function checkHolders(text: ScenarioText, list: ProblemList): void {
  const holders = new Map<string, string>();
  for (const [id, { holds = [] }] of Object.entries(text.operators ?? {})) {
    holds.forEach((lane, i) => {
      const other = holders.get(lane);
      if (other !== undefined && other !== id) {
        list.at(['operators', id, 'holds', i], 'E139', `${other} holds the key of ${lane} already`, {
          expected: 'one holder for a lane',
          got: id,
        });
      }
      holders.set(lane, id);
    });
  }
}
