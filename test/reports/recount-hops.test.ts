/** The second count of hops. Expected: the sums of a way of 10 and 20 seconds, done by hand. */
import { describe, expect, it } from 'vitest';
import { type HopInputs, recountHops } from '../../reports/recount-hops.ts';

const FILES: HopInputs = {
  transitions: `time_ms,message,from,to
110000.000,t/1,sent,held
130000.000,t/1/h1,sent,executed
`,
  messages: `message,lane,outcome,requested_ms,ended_ms
t/1,a-b,acknowledged,100000.000,180000.000
t/1/h1,b-c,acknowledged,110000.000,170000.000
`,
  hops: `message,hop,attempt,route,lane,packet,outcome,is_last,started_ms,arrived_ms,ended_ms,hop_ms,since_origin_ms,back_ms
t/1,2,1,a-b > b-c,b-c,t/1/h1,acknowledged,true,110000.000,130000.000,170000.000,20000.000,30000.000,40000.000
t/1,1,1,a-b,a-b,t/1,acknowledged,false,100000.000,110000.000,180000.000,10000.000,10000.000,70000.000
`,
  routes: `route,hop,packets,hop_p50_ms,hop_p95_ms,hop_p99_ms,since_origin_p50_ms,since_origin_p95_ms,since_origin_p99_ms
a-b,1,1,10000.000,10000.000,10000.000,10000.000,10000.000,10000.000
a-b > b-c,2,1,20000.000,20000.000,20000.000,30000.000,30000.000,30000.000
`,
};

describe('recount of hops', () => {
  it('agrees with a way whose sums are right', () => {
    expect(recountHops(FILES)).toEqual([]);
  });

  it.each([
    ['hops', '30000.000,40000.000', '30000.001,40000.000', 'since_origin_ms'],
    ['hops', '130000.000', '129000.000', 'arrived_ms'],
    ['hops', 'acknowledged,true', 'unwound,true', 'outcome'],
    ['routes', '2,1,20000.000', '2,1,20000.001', 'hop_p50_ms'],
    ['routes', 'b-c,2,1', 'b-c,2,2', 'packets'],
  ] as const)('notices %s with %s made %s', (file, from, to, column) => {
    expect(FILES[file]).toContain(from);
    const found = recountHops({ ...FILES, [file]: FILES[file].replace(from, to) });
    expect(found.map((each) => [each.file, each.column])).toContainEqual([`${file}.csv`, column]);
  });
});
