#!/usr/bin/env node
/** The command line. Commands are loaded when they are called, so that help is quick. */
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { EXIT, EXIT_HELP } from './exit-codes.ts';
import type { RunArguments } from './commands/run.ts';

function fileOf(given: unknown): string {
  // yargs gives a lone dash as the empty string: standard input.
  return given === '' || given === true ? '-' : String(given);
}

// eslint-disable-next-line max-lines-per-function -- one chain that reads as the help does
async function main(): Promise<number> {
  let code: number = EXIT.asExpected;
  let usage: string | undefined;
  const parser = yargs(hideBin(process.argv))
    .scriptName('l0sim')
    .usage('$0 <command>\n\nDeterministic simulator of Layer 0 message passing.')
    .example('$0 run scenarios/quickstart.yaml', 'simulate, judge, and write CSV')
    .example('$0 run FILE --set lanes.hub-pow.timeout=2min --seed 9', 'change a value, and the seed')
    .example('$0 explain out/quickstart-... out/3', 'the life of one message')
    .command(
      'run <file>',
      'simulate a scenario file (- for standard input)',
      (y) =>
        y
          .positional('file', { type: 'string', demandOption: true })
          .option('seed', { type: 'string', describe: "seed, 0 to 2^64-1, instead of the file's" })
          .option('set', { type: 'string', array: true, nargs: 1, describe: 'path=value, may be repeated' })
          .option('out', { type: 'string', describe: 'results folder' })
          .option('json', { type: 'boolean', default: false, describe: 'one JSON object on standard output' })
          .option('quiet', { alias: 'q', type: 'boolean', default: false, describe: 'errors only' })
          .option('force', { type: 'boolean', default: false, describe: 'replace an existing results folder' })
          .option('trace', { choices: ['jsonl'] as const, describe: 'store every record' })
          .option('expect-digest', { type: 'string', describe: 'fail with 5 unless the digest starts so' })
          .option('proofs', { choices: ['hashed', 'modelled'] as const, describe: "instead of the file's" })
          .option('event-budget', { type: 'number', describe: 'estimated events above which a run is refused' }),
      async (given) => {
        const { runCommand } = await import('./commands/run.ts');
        code = await runCommand({ ...given, file: fileOf(given.file) } as RunArguments);
      },
    )
    .command(
      'check <file>',
      'validate a scenario file and run nothing',
      (y) =>
        y
          .positional('file', { type: 'string', demandOption: true })
          .option('set', { type: 'string', array: true, nargs: 1, describe: 'path=value, may be repeated' })
          .option('quiet', { alias: 'q', type: 'boolean', default: false }),
      async (given) => {
        const { checkCommand } = await import('./commands/check.ts');
        code = checkCommand({ ...given, file: fileOf(given.file) });
      },
    )
    .command(
      'list [kind]',
      'parts, presets, columns, records',
      (y) => y.positional('kind', { type: 'string' }).option('json', { type: 'boolean', default: false }),
      async (given) => {
        const { listCommand } = await import('./commands/list.ts');
        code = listCommand(given);
      },
    )
    .command(
      'explain <run> <message>',
      "one message's life in words and times",
      (y) =>
        y
          .positional('run', { type: 'string', demandOption: true, describe: 'results folder' })
          .positional('message', { type: 'string', demandOption: true, describe: '<traffic>/<number>' }),
      async (given) => {
        const { explainCommand } = await import('./commands/explain.ts');
        code = explainCommand(given);
      },
    )
    .command(
      'verify <run>',
      'run again, compare digests, recount the figures',
      (y) =>
        y
          .positional('run', { type: 'string', demandOption: true, describe: 'results folder' })
          .option('quiet', { alias: 'q', type: 'boolean', default: false }),
      async (given) => {
        const { verifyCommand } = await import('./commands/verify.ts');
        code = verifyCommand(given);
      },
    )
    .command('schema', 'the JSON Schema of scenario files', {}, async () => {
      const { schemaCommand } = await import('./commands/schema.ts');
      code = schemaCommand();
    })
    .completion('completion', 'print a shell completion script')
    .demandCommand(1, 'name a command')
    .recommendCommands()
    .strict()
    .env('L0_')
    .wrap(Math.min(110, process.stdout.columns || 110))
    .epilogue(EXIT_HELP)
    .exitProcess(false)
    .fail((message, error) => {
      if (error) throw error;
      usage = message;
      throw new UsageStop(message);
    });
  try {
    await parser.parseAsync();
  } catch (error) {
    if (usage !== undefined) {
      const { explainUsage } = await import('./failures.ts');
      return explainUsage(usage);
    }
    const { explainFailure } = await import('./failures.ts');
    return explainFailure(error);
  }
  return code;
}

class UsageStop extends Error {}

process.exitCode = await main();
