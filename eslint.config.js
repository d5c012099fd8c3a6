/**
 * Typed lint, and the determinism bans that keep one scenario and one seed at one digest on every machine.
 *
 * Each ban says what to use in its place. Where one is wrong, disable it on that line and say why after `--`;
 * test/tidy.test.ts refuses a disable without a reason, test/lint-bans.test.ts plants every hazard.
 */
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import tseslint from 'typescript-eslint';

/** Everything a run's digest can depend on. The console and its files are the command line's. */
const core = ['sim/**/*.ts', 'models/**/*.ts', 'reports/**/*.ts'];
const commandLine = ['sim/cli/**/*.ts'];
/** Worker pools and engines: asynchronous by nature, placed by index, outside every run. */
const shell = ['sim/experiment/**/*.ts'];
/** Of them, what touches the machine: threads, files, the time that a batch took. No outcome of a cell passes by it. */
const machine = ['sim/experiment/workers/**/*.ts'];
const program = [...core, 'test/**/*.ts', 'bench/**/*.ts'];

const exactMath = 'sqrt|floor|ceil|round|trunc|abs|min|max|sign|imul|clz32';
const brands = [...readFileSync(new URL('sim/base/units.ts', import.meta.url), 'utf8').matchAll(/Branded<'(\w+)'>/g)]
  .map((match) => match[1])
  .join('|');
const brandReference = `TSTypeReference[typeName.name=/^(${brands})$/]`;

const ban = (selector, message) => ({ selector, message });

const styleBans = [
  ban('TSEnumDeclaration', 'Use a union of strings: enums are not erasable.'),
  ban('ExportDefaultDeclaration', 'Export by name.'),
  ban('ExportAllDeclaration', 'Export by name.'),
];

const reExportBan = ban(
  ':matches(ExportNamedDeclaration, ExportAllDeclaration)[source.value=/^[.]/]',
  'Import from the file that declares it; only sim/entry re-exports.',
);

const brandBans = [
  ban(
    `:matches(TSAsExpression, TSTypeAssertion) > ${brandReference}`,
    'Only sim/base/units.ts casts to a unit: call its constructor.',
  ),
  ban(
    `:matches(TSAsExpression, TSTypeAssertion) > TSUnionType > ${brandReference}`,
    'Only sim/base/units.ts casts to a unit: call its constructor.',
  ),
];

const mathBans = [
  ban(
    `MemberExpression[object.name='Math']:matches([computed=true], :not([property.name=/^(${exactMath})$/]))`,
    'Engines differ in the last bit: take ln, exp and pow from sim/base/portable-math.ts, draws from the world.',
  ),
  ban("VariableDeclarator[init.name='Math']", 'Call Math by its name, so that lint sees which function.'),
  ban("BinaryExpression[operator='**']", 'Node 20 and 24 give different bits: multiply, or use portable-math.'),
  ban("AssignmentExpression[operator='**=']", 'Node 20 and 24 give different bits: multiply, or use portable-math.'),
];

const orderBans = [
  ban('ForInStatement', 'Integer-like keys come first: iterate a Map, or sorted keys.'),
  ban(
    'CallExpression[callee.property.name=/^(sort|toSorted)$/][arguments.length=0]',
    'The default order is by string: give a comparator with a total order.',
  ),
  ban(
    'MemberExpression[property.name=/^(localeCompare|toLocale[A-Za-z]*)$/]',
    'Locales differ: compare code units with < and >, print with fixed digits.',
  ),
  ban("MemberExpression[object.name='Promise'][property.name=/^(race|any)$/]", 'The winner depends on the machine.'),
  ban('MemberExpression[property.name=/^(stack|captureStackTrace)$/]', 'Stack texts differ between engines.'),
];

const stateBans = [
  ban(
    ':matches(Program, Program > ExportNamedDeclaration) > VariableDeclaration[kind=/^(let|var)$/]',
    'State lives in the world: a module variable survives a snapshot and leaks into the next run.',
  ),
  ban(
    ':matches(Program, Program > ExportNamedDeclaration) > VariableDeclaration > VariableDeclarator > ' +
      'NewExpression[callee.name=/^(Map|Set|WeakMap|WeakSet)$/][arguments.length=0]',
    'An empty collection in a module is state: keep it in the world.',
  ),
];

const asyncBans = [
  ban('AwaitExpression', 'A run is synchronous: text comes in through readText, bytes leave through a sink.'),
  ban(':function[async=true]', 'A run is synchronous.'),
  ban('ForOfStatement[await=true]', 'A run is synchronous.'),
  ban('ImportExpression', 'A run is synchronous: import at the top.'),
];

const runBans = [...styleBans, reExportBan, ...brandBans, ...mathBans, ...orderBans, ...stateBans];

const globalBans = [
  [['Date', 'performance'], 'A run has one clock: context.now.'],
  [
    ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate', 'queueMicrotask'],
    'A run has one clock: context.schedule.',
  ],
  [['crypto'], 'Draw from a named stream; hash through the world.'],
  [['process', 'navigator', 'console', 'Buffer', 'require'], 'The environment belongs to sim/cli.'],
  [['globalThis', 'window', 'self', 'global'], 'Name what you use, so that lint sees it.'],
  [['Intl'], 'Locales differ: print with fixed digits.'],
  [['WeakRef', 'FinalizationRegistry'], 'Garbage collection has no fixed moment.'],
].flatMap(([names, message]) => names.map((name) => ({ name, message })));

const nodeModules = {
  patterns: [
    {
      regex: `^(node:|(${builtinModules.filter((name) => !name.startsWith('_')).join('|')})(/|$))`,
      message: 'Runs also work in a web page: only sim/cli and sim/experiment see node.',
    },
  ],
};

const propertyBans = [
  ['Error', 'captureStackTrace', 'Stack texts differ between engines.'],
  ['Object', 'groupBy', 'Integer-like keys come first: use Map.groupBy.'],
].map(([object, property, message]) => ({ object, property, message }));

const bans = (files, syntax, { globals, imports } = { globals: globalBans, imports: nodeModules }) => ({
  files,
  rules: {
    'no-restricted-syntax': ['error', ...syntax],
    // 'off' where nothing is banned: a bare 'error' would keep the options of the entry above.
    'no-restricted-globals': globals.length === 0 ? 'off' : ['error', ...globals],
    'no-restricted-properties': ['error', ...propertyBans],
    'no-restricted-imports': imports === undefined ? 'off' : ['error', imports],
  },
});

export default tseslint.config(
  { ignores: ['dist/', 'out/', 'coverage/', 'node_modules/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  { files: ['**/*.js', '**/*.mjs'], extends: [tseslint.configs.base] },
  {
    files: program,
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-restricted-syntax': ['error', ...styleBans, reExportBan],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // Tables of parts are plain records of functions: methods there never use `this`.
      '@typescript-eslint/unbound-method': 'off',
      // A cast that narrows a brand or a decoded value is often the same type to the checker.
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      '@typescript-eslint/no-redundant-type-constituents': 'off',
    },
  },
  {
    files: core,
    rules: {
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      // JSON vectors and broken inputs are untyped on purpose.
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  bans(core, [...runBans, ...asyncBans]),
  bans(['sim/base/units.ts'], [...runBans.filter((one) => !brandBans.includes(one)), ...asyncBans]),
  bans(['sim/entry/**/*.ts'], [...runBans.filter((one) => one !== reExportBan), ...asyncBans]),
  bans(shell, runBans, { globals: globalBans }),
  bans(machine, runBans, { globals: [] }),
  bans(commandLine, [...styleBans, reExportBan, ...brandBans], { globals: [] }),
  // Declares another package's module as it is, its default export too.
  { files: ['**/*.d.ts'], rules: { 'no-restricted-syntax': 'off' } },
);
