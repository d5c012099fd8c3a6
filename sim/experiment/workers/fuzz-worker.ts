/** One worker thread of `l0sim fuzz`: takes numbers of scenarios, gives what became of them. */
import { workerData } from 'node:worker_threads';
import { fuzzArbitrary, type FuzzOptions, fuzzOne, type FuzzOutcome } from '../fuzz/fuzz-one.ts';

// piscina keeps its own data beside that of the pool's owner, in a pair.
const options = (Array.isArray(workerData) ? workerData[1] : workerData) as FuzzOptions;
const arbitrary = fuzzArbitrary(options);

// eslint-disable-next-line no-restricted-syntax -- the pool calls what a worker's file exports by default
export default function fuzz(numbers: readonly number[]): FuzzOutcome[] {
  return numbers.map((number) => fuzzOne(arbitrary, options, number));
}
