/**
 * `l0sim compare A.yaml B.yaml`: the same seeds under each scenario, and the differences run by run. With `--protocols`
 * the scenarios are one, under several systems.
 */
import { join } from 'node:path';
import { createCsvWriter } from '../../../reports/csv/write.ts';
import { nobleHash } from '../../base/noble-hash.ts';
import { type Difference, differencesOf } from '../../experiment/cells/differences.ts';
import { cellCount, cellId, createPlan, type Plan } from '../../experiment/cells/plan.ts';
import { chooseMetrics, metricsOf } from '../../experiment/cells/run-cell.ts';
import { differencesFile, differenceRow } from '../../experiment/cells/difference-table.ts';
import {
  type Compared,
  comparedFigures,
  protocolRowOf,
  protocolsFile,
} from '../../experiment/cells/protocol-comparison.ts';
import type { Figure } from '../../experiment/cells/figures.ts';
import { loadDistributions } from '../../experiment/statistics/distributions.ts';
import type { LoadedScenario } from '../../scenario/load.ts';
import { nameOf } from '../../scenario/read-preset.ts';
import { assetsOf } from '../../scenario/thresholds.ts';
import { type CellFlags, finishExperiment, openDriver, tallyLines } from '../drive-cells.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import { openExperimentFolder } from '../experiment-folder.ts';
import { formatValue, isDetail, plainTable } from '../figure-table.ts';
import { loadAsTold, type ScenarioFlags } from '../files.ts';
import { packageVersion } from '../package-facts.ts';
import { protocolText, trustOfScenario } from '../protocol-text.ts';
import { openTerminal } from '../terminal.ts';
import { levelOf, REPLICATIONS, unknownMetric } from './replicate.ts';

export interface CompareArguments extends Omit<ScenarioFlags, 'file'>, CellFlags {
  readonly files: readonly string[];
  readonly n?: number | undefined;
  readonly level?: string | undefined;
  readonly metrics?: readonly string[] | undefined;
  /** Names of systems, by commas: one scenario under each of them. */
  readonly protocols?: string | undefined;
  readonly out?: string | undefined;
  readonly force?: boolean | undefined;
}

export async function compareCommand(given: CompareArguments): Promise<number> {
  const variants = variantsOf(given);
  const plan = planOf(given, variants);
  const path = given.out ?? join('out', `${plan.name}-${plan.hash.slice(0, 8)}`);
  const folder = openExperimentFolder(path, plan, given.force === true);
  const terminal = openTerminal(given.quiet === true);
  try {
    if (folder.isFinished) {
      terminal.say(`${path} is finished already; --force runs it again`);
      return EXIT.asExpected;
    }
    const dist = await loadDistributions();
    const driver = await openDriver(plan, folder, given);
    try {
      await driver.run(Array.from({ length: cellCount(plan) }, (_, cell) => cell));
      const read = (variant: number, replication: number) =>
        driver.journal.read(variant * plan.replications + replication);
      const differences = differencesOf(plan, read, dist);
      const figures: Figure[][] = [];
      const compared = (): Compared[] => comparedFigures(figures, differences);
      const trust = variants.map(({ loaded }) => trustOfScenario(loaded.scenario));
      const isBySystem = given.protocols !== undefined;
      const tally = finishExperiment(plan, folder, driver.journal, dist, {
        onFigures: (point, own) => {
          figures[point] = [...own];
        },
        onEnd: () => {
          const writer = createCsvWriter(differencesFile, folder.open(differencesFile.name));
          writer.write(differences.map((each) => differenceRow(plan, each)));
          writer.end();
          if (!isBySystem) return;
          const bySystem = createCsvWriter(protocolsFile, folder.open(protocolsFile.name));
          bySystem.write(compared().map((each) => protocolRowOf(plan, trust, each)));
          bySystem.end();
        },
      });
      if (given.json === true) terminal.out(JSON.stringify({ plan: plan.hash, out: path, differences }));
      else if (given.quiet !== true) {
        const isNamed = given.metrics !== undefined;
        terminal.out(isBySystem ? protocolText(plan, trust, compared()) : differenceText(plan, differences, isNamed));
        terminal.out(`\n${tallyLines(tally, (cell) => cellId(plan, cell)).join('\n')}`);
        const all = isBySystem ? 'protocols.csv' : 'differences.csv';
        const count = isBySystem ? compared().length : differences.length;
        terminal.out(`results: ${path} (${all} has all ${count} figures, cells.csv a row a run)`);
      }
      return EXIT.asExpected;
    } finally {
      await driver.close();
    }
  } finally {
    folder.close();
  }
}

interface Variant {
  readonly name: string;
  readonly loaded: LoadedScenario;
}

/** The scenarios of the files, or one scenario with every lane of each system. */
function variantsOf(given: CompareArguments): Variant[] {
  const { files, protocols } = given;
  if (protocols === undefined) {
    if (files.length < 2) throw new UsageError('compare takes two scenario files or more, or one with --protocols');
    const loaded = files.map((file) => loadAsTold({ ...given, file }));
    return loaded.map((each, i) => ({ name: variantName(each.scenario.name, i, loaded), loaded: each }));
  }
  const names = protocols.split(',').map((name) => name.trim());
  const [file = ''] = files;
  if (files.length !== 1) throw new UsageError('compare --protocols takes one scenario file');
  if (names.length < 2 || names.includes('') || new Set(names).size !== names.length) {
    throw new UsageError('--protocols takes two systems or more, each once, such as ibc-v2,ccip,hyperlane');
  }
  return names.map((protocol) => ({ name: nameOf(protocol), loaded: loadAsTold({ ...given, file, protocol }) }));
}

function planOf(given: CompareArguments, variants: readonly Variant[]): Plan {
  const assets = [...new Set(variants.flatMap(({ loaded }) => assetsOf(loaded.scenario.chains)))];
  const [first] = variants as [Variant];
  const bySystem = `${first.loaded.scenario.name}-by-system`;
  const byScenario = variants.map(({ loaded }) => loaded.scenario.name).join('-vs-');
  return createPlan(
    {
      version: packageVersion(),
      kind: 'compare',
      name: (given.protocols === undefined ? byScenario : bySystem).slice(0, 64),
      question: '',
      seed: first.loaded.scenario.seed,
      replications: given.n ?? REPLICATIONS,
      level: levelOf(given.level),
      metrics: chooseMetrics(given.metrics, metricsOf(assets), unknownMetric),
      factors: [],
      variants: variants.map(({ name, loaded }) => ({ name, scenario: loaded.resolvedYaml })),
      points: variants.map((_, variant) => ({ variant, settings: [], factors: [] })),
      ...(given['event-budget'] === undefined ? {} : { eventBudget: given['event-budget'] }),
    },
    nobleHash,
  );
}

/** Names tell scenarios apart; files of one name get a number. */
function variantName(name: string, index: number, all: readonly LoadedScenario[]): string {
  return all.filter(({ scenario }) => scenario.name === name).length < 2 ? name : `${name}-${index + 1}`;
}

/** People first ask for the whole way of a message, and for what differs at all. */
function isTelling(difference: Difference, isNamed: boolean): boolean {
  const isSame = difference.estimate === 0 && difference.lo === 0 && difference.hi === 0;
  return isNamed || (!isSame && !isDetail(difference.metric));
}

function differenceText(plan: Plan, differences: readonly Difference[], isNamed: boolean): string {
  const percent = `${Number((plan.level * 100).toPrecision(4))}%`;
  const parts = plan.variants.slice(1).map((variant, i) => {
    const rows = differences
      .filter((each) => each.variant === i + 1 && isTelling(each, isNamed))
      .map((each) => {
        const spell = (value: number): string => formatValue(value, each.unit);
        const gained = each.varianceReduction;
        return [
          `${isClear(each.lo, each.hi) ? (isClear(each.simultaneousLo, each.simultaneousHi) ? '**' : '* ') : '  '} ${each.metric}`,
          String(each.n),
          spell(each.first),
          spell(each.second),
          spell(each.estimate),
          `${spell(each.lo)} .. ${spell(each.hi)}`,
          `${spell(each.simultaneousLo)} .. ${spell(each.simultaneousHi)}`,
          gained === undefined ? '-' : `${Number(gained.toPrecision(3))}x`,
        ];
      });
    const first = plan.variants[0]?.name ?? '';
    const head = [
      '   metric',
      'pairs',
      first,
      variant.name,
      'difference',
      `${percent} interval`,
      'all at once',
      'variance',
    ];
    return `${variant.name} minus ${first}\n${plainTable(head, rows)}`;
  });
  const legend = `*  the ${percent} interval of the difference leaves out zero; ** so does the one that holds for all figures at once`;
  return `${parts.join('\n\n')}\n\n${legend}\nvariance: what the variance of independent runs is over that of pairs with common seeds`;
}

function isClear(lo: number, hi: number): boolean {
  return lo > 0 || hi < 0;
}
