/**
 * Latency by hop: a transfer that is forwarded is one packet a lane, and each of them has its row. A hop lasts from the
 * block that sends its packet to the block that has it at the other end, executed or held while it goes on: the next
 * hop begins in that block, so that the hops of a transfer add up to the whole way.
 */
import type { HopRow, RouteRow } from '../csv/columns.ts';
import type { Declarations } from './declarations.ts';
import type { JudgeState, Message } from './judge-state.ts';
import { FLAG } from './states.ts';
import { addTo, createSample, quantile, type Sample } from './metrics.ts';

/** Where a packet stands on the way of the message that it carries on. */
export interface HopOf {
  /** Message that the user asked for, and when. */
  readonly origin: string;
  readonly originUs: number;
  /** From 1: how far from the first lane, and how often it was sent on that lane. */
  readonly hop: number;
  readonly attempt: number;
  /** Lanes from the first to its own. */
  readonly route: string;
}

/** What arrived at the end of one lane, having come by the lanes before it. */
export interface RouteState {
  readonly hop: number;
  readonly route: string;
  readonly onHop: Sample;
  readonly sinceOrigin: Sample;
}

export interface HopsState {
  /** By lanes from the first on, as first finished. */
  readonly routes: Map<string, RouteState>;
  rows: HopRow[];
}

export function createHops(): HopsState {
  return { routes: new Map(), rows: [] };
}

function laneName(declarations: Declarations, lane: number): string {
  return declarations.lanes[lane]?.name ?? '';
}

/** The place of a message on its way: the first, where nothing is known of any before it. */
export function hopOf(declarations: Declarations, message: Message): HopOf {
  const { name, timesUs, lane } = message;
  const first = { origin: name, originUs: timesUs[0] as number, hop: 1, attempt: 1 };
  return message.hop ?? { ...first, route: laneName(declarations, lane) };
}

/** The place of a packet that goes on from `parent`, which counts it among its hops already. */
export function nextHop(declarations: Declarations, parent: Message, lane: number): HopOf {
  const { origin, originUs, hop, route } = hopOf(declarations, parent);
  const next = `${route} > ${laneName(declarations, lane)}`;
  return { origin, originUs, hop: hop + 1, attempt: parent.hops, route: next };
}

/**
 * A packet is at its end, or the run is: its row, if it is part of a longer way.
 * The result is the time from the first request to the end of the way, where this packet ended it.
 */
export function countHop(judge: JudgeState, message: Message, endedUs: number | undefined): number | undefined {
  if (!message.isRouted && message.hop === undefined && message.hops === 0) return undefined;
  const { declarations, hops } = judge;
  const place = hopOf(declarations, message);
  const startedUs = message.timesUs[0] as number;
  const arrivedUs = message.arrivedUs < 0 ? undefined : message.arrivedUs;
  const hopUs = arrivedUs === undefined ? undefined : arrivedUs - startedUs;
  const sinceOriginUs = arrivedUs === undefined ? undefined : arrivedUs - place.originUs;
  const isLast = arrivedUs !== undefined && message.hops === 0 && (message.flags & FLAG.held) === 0;
  if (judge.keepsRows) {
    hops.rows.push({
      message: place.origin,
      hop: place.hop,
      attempt: place.attempt,
      route: place.route,
      lane: laneName(declarations, message.lane),
      packet: message.name,
      outcome: message.state,
      isLast,
      startedUs,
      arrivedUs,
      endedUs,
      hopUs,
      sinceOriginUs,
      backUs: arrivedUs === undefined || endedUs === undefined ? undefined : endedUs - arrivedUs,
    });
  }
  if (hopUs === undefined) return undefined;
  const route = routeOf(hops, place);
  addTo(route.onHop, hopUs);
  addTo(route.sinceOrigin, sinceOriginUs);
  return isLast ? sinceOriginUs : undefined;
}

function routeOf(hops: HopsState, { route, hop }: HopOf): RouteState {
  let state = hops.routes.get(route);
  if (state === undefined) {
    state = { hop, route, onHop: createSample(), sinceOrigin: createSample() };
    hops.routes.set(route, state);
  }
  return state;
}

/** Rows for `routes.csv`, by the names of their lanes: a way stands behind the one that it goes on from. */
export function routeRows({ hops }: JudgeState): RouteRow[] {
  const routes = [...hops.routes.values()].sort((a, b) => (a.route < b.route ? -1 : 1));
  return routes.map(({ hop, route, onHop, sinceOrigin }) => ({
    route,
    hop,
    packets: onHop.count,
    hopP50Us: quantile(onHop, 50),
    hopP95Us: quantile(onHop, 95),
    hopP99Us: quantile(onHop, 99),
    sinceOriginP50Us: quantile(sinceOrigin, 50),
    sinceOriginP95Us: quantile(sinceOrigin, 95),
    sinceOriginP99Us: quantile(sinceOrigin, 99),
  }));
}

/** Takes the rows for `hops.csv` that have gathered. */
export function drainHops({ hops }: JudgeState): HopRow[] {
  const rows = hops.rows;
  hops.rows = [];
  return rows;
}
