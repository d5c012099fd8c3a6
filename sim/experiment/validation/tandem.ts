/** Waiting lines behind each other: a transfer over several lanes, each with a relayer in front of it. */
import { z } from 'zod';
import { ln } from '../../base/portable-math.ts';
import { overReplications } from './estimates.ts';
import { defineModel, type Reader } from './model.ts';
import { AT_ONCE, type Clock, clockOf, exponential, HORIZON_MOST_US, NEVER, ON_DEMAND, unitFor } from './station.ts';
import { toYaml } from '../../scenario/text/write.ts';

const positive = z.number().gt(0);

/** From the commitment on the first lane to the receipt on the last. First come, first served all the way. */
function readTandem(lanes: number, cut: number, clock: Clock): Reader {
  const since: number[] = [];
  let arrived = 0;
  let sum = 0;
  let count = 0;
  return {
    onRecord: (time, kind, fields) => {
      if (kind === 'packet-committed' && fields['lane'] === 0) since.push(time);
      else if (kind === 'packet-received' && fields['lane'] === lanes - 1) {
        const began = since[arrived] as number;
        if (arrived >= cut) {
          sum += clock.units(time - began);
          count++;
        }
        arrived++;
      }
    },
    sample: () => ({ W: [sum / count] }),
  };
}

export const tandemMm1 = defineModel({
  summary: 'lines behind each other: what leaves one is what arrives at the next',
  params: z.object({ lam: positive, mus: z.array(positive).min(1).max(8) }),
  single: 'W',
  refuses: ({ lam, mus }) =>
    mus.some((mu) => mu <= lam) ? 'a line with a load of 1 or more has no balance' : undefined,
  cases: ({ lam, mus }) => {
    const slowest = Math.min(...mus);
    const gap = 1 - Math.sqrt(lam / slowest);
    const relaxation = 1 / slowest / (gap * gap);
    // Lines behind each other settle one after another.
    const cut = Math.ceil(10 * relaxation * lam * (1 + ln(mus.length))) + 10;
    const clock = clockOf(unitFor(1 / Math.max(...mus)));
    const names = mus.map((_, i) => `line${i + 1}`);
    const chains = Object.fromEntries(
      ['start', ...names].map((_, i) => [
        `c${i}`,
        { ...ON_DEMAND, asset: { name: i === 0 ? 'NATIVE' : `N${i}`, decimals: 6 } },
      ]),
    );
    const lanes = Object.fromEntries(
      names.map((name, i) => [
        name,
        {
          ...{ from: `c${i}`, to: `c${i + 1}`, verifier: AT_ONCE, timeout: '0s', 'timeout-blocks': NEVER },
          // Acknowledgements are not carried while the run lasts: they would wait in the same line.
          ...{ 'return-verifier': { kind: 'light-client' }, 'return-finality': { kind: 'depth', blocks: NEVER } },
        },
      ]),
    );
    const relayers = Object.fromEntries(
      mus.map((mu, i) => [
        `server${i + 1}`,
        { lanes: [names[i] as string], service: exponential(clock, 1 / mu), submit: '0s' },
      ]),
    );
    return [
      {
        name: '',
        pilot: 4 * cut + 1_000,
        least: 4 * cut + 1_000,
        most: Math.floor((clock.units(HORIZON_MOST_US) * lam) / 4),
        scenario: (seed, size) =>
          toYaml({
            l0sim: 1,
            name: 'tandem',
            question: 'How long does a transfer take over several lanes, with a line in front of each?',
            ...{ seed, horizon: clock.time((2 * size) / lam + 100 * relaxation), drain: '0s', proofs: 'modelled' },
            chains,
            lanes,
            relayers,
            traffic: {
              arrivals: {
                ...{
                  application: 'token-transfer',
                  lane: names[0] as string,
                  users: 1,
                  amount: '1 NATIVE',
                  limit: size,
                },
                ...(names.length > 1 ? { route: names.slice(1) } : {}),
                arrivals: { kind: 'poisson', rate: clock.rate(lam) },
              },
            },
          }),
        reader: () => readTandem(names.length, cut, clock),
        estimates: (samples, level, dist) => ({ W: overReplications(samples, 'W', level, dist) }),
      },
    ];
  },
});
