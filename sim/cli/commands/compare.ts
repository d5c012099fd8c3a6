/** `l0sim compare A.yaml B.yaml`: the same seeds under each scenario, and the differences run by run. */
import { join } from 'node:path';
import { createCsvWriter } from '../../../reports/csv/write.ts';
import { nobleHash } from '../../base/noble-hash.ts';
import { type Difference, differencesOf } from '../../experiment/cells/differences.ts';
import { cellCount, cellId, createPlan, type Plan } from '../../experiment/cells/plan.ts';
import { chooseMetrics, metricsOf } from '../../experiment/cells/run-cell.ts';
import { differencesFile, differenceRow } from '../../experiment/cells/difference-table.ts';
import { loadDistributions } from '../../experiment/statistics/distributions.ts';
import type { LoadedScenario } from '../../scenario/load.ts';
import { assetsOf } from '../../scenario/thresholds.ts';
import { type CellFlags, finishExperiment, openDriver, tallyLines } from '../drive-cells.ts';
import { EXIT, UsageError } from '../exit-codes.ts';
import { openExperimentFolder } from '../experiment-folder.ts';
import { formatValue, isDetail, plainTable } from '../figure-table.ts';
import { loadAsTold, type ScenarioFlags } from '../files.ts';
import { packageVersion } from '../package-facts.ts';
import { openTerminal } from '../terminal.ts';
import { levelOf, REPLICATIONS, unknownMetric } from './replicate.ts';

export interface CompareArguments extends Omit<ScenarioFlags, 'file'>, CellFlags {
  readonly files: readonly string[];
  readonly n?: number | undefined;
  readonly level?: string | undefined;
  readonly metrics?: readonly string[] | undefined;
  readonly out?: string | undefined;
  readonly force?: boolean | undefined;
}

export async function compareCommand(given: CompareArguments): Promise<number> {
  const plan = planOf(given);
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
      const tally = finishExperiment(plan, folder, driver.journal, dist, {
        onEnd: () => {
          const writer = createCsvWriter(differencesFile, folder.open(differencesFile.name));
          writer.write(differences.map((each) => differenceRow(plan, each)));
          writer.end();
        },
      });
      if (given.json === true) terminal.out(JSON.stringify({ plan: plan.hash, out: path, differences }));
      else if (given.quiet !== true) {
        terminal.out(differenceText(plan, differences, given.metrics !== undefined));
        terminal.out(`\n${tallyLines(tally, (cell) => cellId(plan, cell)).join('\n')}`);
        terminal.out(`results: ${path} (differences.csv has all ${differences.length} figures, cells.csv a row a run)`);
      }
      return EXIT.asExpected;
    } finally {
      await driver.close();
    }
  } finally {
    folder.close();
  }
}

function planOf(given: CompareArguments): Plan {
  const { files } = given;
  if (files.length < 2) throw new UsageError('compare takes two scenario files or more');
  const loaded = files.map((file): LoadedScenario => loadAsTold({ ...given, file }));
  const assets = [...new Set(loaded.flatMap(({ scenario }) => assetsOf(scenario.chains)))];
  const [first] = loaded as [LoadedScenario];
  return createPlan(
    {
      version: packageVersion(),
      kind: 'compare',
      name: loaded
        .map(({ scenario }) => scenario.name)
        .join('-vs-')
        .slice(0, 64),
      question: '',
      seed: first.scenario.seed,
      replications: given.n ?? REPLICATIONS,
      level: levelOf(given.level),
      metrics: chooseMetrics(given.metrics, metricsOf(assets), unknownMetric),
      factors: [],
      variants: loaded.map(({ scenario, resolvedYaml }, i) => ({
        name: variantName(scenario.name, i, loaded),
        scenario: resolvedYaml,
      })),
      points: loaded.map((_, variant) => ({ variant, settings: [], factors: [] })),
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
