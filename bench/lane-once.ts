/** One measurement of the message path in a process of its own, so that its peak of memory is its own. Prints JSON. */
import { isOpenAtPeak, measureLane } from './lane.ts';

const [messages = '100000', proofs = 'modelled', verifier = 'committee'] = process.argv.slice(2);
const measured = measureLane(Number(messages), proofs as 'modelled', verifier as 'committee', isOpenAtPeak);
process.stdout.write(`${JSON.stringify(measured)}\n`);
