#!/usr/bin/env node
/** The command line. Commands are loaded when they are called, so that help is quick. */
import yargs, { type Argv } from 'yargs';
import { EXIT, EXIT_HELP } from './exit-codes.ts';
import { checkFlags, type Command, describeUnknown, type Flags, flagsOf, readEnvironment } from './options.ts';
import { packageVersion } from './package-facts.ts';

/** What yargs has parsed. `options.ts` holds what its values are; each command names those that it takes. */
type Given = Readonly<Record<string, unknown>>;

/** yargs has refused the words; the message is its own. */
class UsageStop extends Error {}

const words = process.argv.slice(2);

function fileOf(given: Given): string {
  // yargs gives a lone dash as the empty string: standard input.
  const { file } = given;
  return file === '' || file === true ? '-' : String(file);
}

function withFlags(y: Argv, command: Command): Argv {
  const flags: Flags = flagsOf[command];
  return y.options({ ...flags }).config(readEnvironment(command, process.env));
}

type Take = (command: Command, act: (given: never) => Promise<number>) => (given: Given) => Promise<void>;

/** Commands over many runs. */
function withExperiments(parser: Argv, take: Take): Argv {
  return parser
    .command(
      'replicate <file>',
      'the same scenario under many seeds, with intervals',
      (y) => withFlags(y.positional('file', { type: 'string', demandOption: true }), 'replicate'),
      take('replicate', async (given) => (await import('./commands/replicate.ts')).replicateCommand(given)),
    )
    .command(
      'sweep <file>',
      'a design of experiments over a base scenario, on all cores',
      (y) => withFlags(y.positional('file', { type: 'string', demandOption: true }), 'sweep'),
      take('sweep', async (given) => (await import('./commands/sweep.ts')).sweepCommand(given)),
    )
    .command(
      'merge <folders..>',
      'shards of one sweep to its tables',
      (y) => withFlags(y.positional('folders', { type: 'string', array: true, demandOption: true }), 'merge'),
      take('merge', async (given) => (await import('./commands/merge.ts')).mergeCommand(given)),
    )
    .command(
      'fuzz [file]',
      'random scenarios, or random messages and faults in one, until something fails',
      (y) =>
        withFlags(
          y.positional('file', { type: 'string', describe: 'scenario that stays; a random world unless given' }),
          'fuzz',
        ),
      take('fuzz', async (given) => (await import('./commands/fuzz.ts')).fuzzCommand(given)),
    )
    .command(
      'validate',
      'closed forms and published values by ordinary scenarios',
      (y) => withFlags(y, 'validate'),
      take('validate', async (given) => (await import('./commands/validate.ts')).validateCommand(given)),
    )
    .command(
      'compare <files..>',
      'scenarios, or one under several systems, by the same seeds',
      (y) => withFlags(y.positional('files', { type: 'string', array: true, demandOption: true }), 'compare'),
      take('compare', async (given) => (await import('./commands/compare.ts')).compareCommand(given)),
    );
}

function describe(take: Take) {
  const parser = yargs(words)
    .scriptName('l0sim')
    .usage('$0 <command>\n\nDeterministic simulator of Layer 0 message passing.')
    .example('$0 run scenarios/quickstart.yaml', 'simulate, judge, and write CSV')
    .example('$0 run FILE --set lanes.hub-pow.timeout=2min --seed 9', 'change a value, and the seed')
    .example('$0 explain out/quickstart-... out/3', 'the life of one message')
    .example('$0 sweep scenarios/economics/redundancy.sweep.yaml', 'a design of experiments on all cores');
  return withExperiments(parser, take)
    .command(
      'run <file>',
      'simulate a scenario file (- for standard input)',
      (y) => withFlags(y.positional('file', { type: 'string', demandOption: true }), 'run'),
      take('run', async (given) => (await import('./commands/run.ts')).runCommand(given)),
    )
    .command(
      'check <file>',
      'validate a scenario file and run nothing',
      (y) => withFlags(y.positional('file', { type: 'string', demandOption: true }), 'check'),
      take('check', async (given) => (await import('./commands/check.ts')).checkCommand(given)),
    )
    .command(
      'list [kind]',
      'parts, presets, protocols, metrics, columns, records',
      (y) => withFlags(y.positional('kind', { type: 'string' }), 'list'),
      take('list', async (given) => (await import('./commands/list.ts')).listCommand(given)),
    )
    .command(
      'explain <run> <message>',
      "one message's life in words and times",
      (y) =>
        withFlags(
          y
            .positional('run', { type: 'string', demandOption: true, describe: 'results folder' })
            .positional('message', { type: 'string', demandOption: true, describe: '<traffic>/<number>' }),
          'explain',
        ),
      take('explain', async (given) => (await import('./commands/explain.ts')).explainCommand(given)),
    )
    .command(
      'verify <run>',
      'run again, compare digests, recount the figures',
      (y) =>
        withFlags(y.positional('run', { type: 'string', demandOption: true, describe: 'results folder' }), 'verify'),
      take('verify', async (given) => (await import('./commands/verify.ts')).verifyCommand(given)),
    )
    .command(
      'schema [kind]',
      'the JSON Schema of scenario files, or of sweep files',
      (y) => withFlags(y.positional('kind', { type: 'string', describe: 'scenario or sweep' }), 'schema'),
      take('schema', async (given) => (await import('./commands/schema.ts')).schemaCommand(given)),
    )
    .completion('completion', 'print a shell completion script')
    .option('color', { type: 'boolean', describe: '--no-color for none; NO_COLOR is obeyed too' })
    .version(packageVersion())
    .demandCommand(1, 'name a command')
    .strict()
    .parserConfiguration({ 'camel-case-expansion': false, 'dot-notation': false })
    .wrap(Math.min(110, process.stdout.columns || 110))
    .epilogue(EXIT_HELP)
    .exitProcess(false)
    .fail((message, error) => {
      if (error) throw error;
      throw new UsageStop(message);
    });
}

async function main(): Promise<number> {
  let code: number = EXIT.asExpected;
  const parser = describe((command, act) => async (given) => {
    checkFlags(command, given);
    code = await act({ ...given, ...('file' in given ? { file: fileOf(given) } : {}) } as never);
  });
  try {
    await parser.parseAsync();
    return code;
  } catch (error) {
    const { explainFailure } = await import('./failures.ts');
    if (!(error instanceof UsageStop)) return explainFailure(error);
    const { UsageError } = await import('./exit-codes.ts');
    return explainFailure(new UsageError(describeUnknown(error.message, words)));
  }
}

process.exitCode = await main();
