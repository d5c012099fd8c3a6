/**
 * Runs every shipped scenario with the built command line and compares its digest with digests.json.
 *
 *   node test/golden/check.mjs [--node PATH]... [--node-option FLAG]... [--only TEXT] [--update]
 *
 * `--node` names the binaries to run under (this one by default), `--node-option` is passed to them, `--only` keeps the
 * scenarios whose path contains TEXT, `--update` rewrites digests.json. Exit code 1 on any difference.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const GOLDEN = fileURLToPath(new URL('digests.json', import.meta.url));
const MAIN = join(ROOT, 'dist/sim/cli/main.js');
/** Verdicts on the protocol; 2, 5 and 6 say that there is no result. @source ARCHITECTURE section 5. */
const VERDICTS = new Set([0, 1, 3, 4]);

const { values: options } = parseArgs({
  options: {
    node: { type: 'string', multiple: true, default: [process.execPath] },
    'node-option': { type: 'string', multiple: true, default: [] },
    only: { type: 'string', default: '' },
    update: { type: 'boolean', default: false },
  },
});

/** Scenario files, in order: presets are parts of scenarios, not scenarios. */
function shippedScenarios() {
  return readdirSync(join(ROOT, 'scenarios'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))
    .map((entry) =>
      relative(ROOT, join(entry.parentPath ?? entry.path, entry.name))
        .split(sep)
        .join('/'),
    )
    .filter((path) => !path.startsWith('scenarios/presets/') && /^l0sim:/m.test(readFileSync(join(ROOT, path), 'utf8')))
    .filter((path) => path.includes(options.only))
    .sort((a, b) => (a < b ? -1 : 1));
}

/** The digest of one run, or a sentence that starts with `error:`. */
function digestOf(node, scenario, scratch) {
  const args = [...options['node-option'], MAIN, 'run', scenario, '--out', scratch, '--json', '--quiet', '--force'];
  return new Promise((resolve) => {
    execFile(node, args, { cwd: ROOT, maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (!VERDICTS.has(code)) return resolve(`error: exit ${code}: ${String(stderr).trim().slice(-2000)}`);
      try {
        const { digest } = JSON.parse(stdout);
        const isHex = typeof digest === 'string' && /^[0-9a-f]{16,}$/.test(digest);
        resolve(isHex ? digest : `error: expected a hex "digest" in the JSON on stdout, got ${JSON.stringify(digest)}`);
      } catch {
        resolve(`error: expected one JSON object on stdout, got ${JSON.stringify(stdout.slice(0, 200))}`);
      }
    });
  });
}

/** Runs the jobs on all cores; results stand in the order of the jobs. */
async function inParallel(jobs) {
  const results = new Array(jobs.length);
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < jobs.length; index = next++) results[index] = await jobs[index]();
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
}

const golden = JSON.parse(readFileSync(GOLDEN, 'utf8'));
const scenarios = shippedScenarios();
const scratch = mkdtempSync(join(tmpdir(), 'l0sim-golden-'));
const runs = options.node.flatMap((node) => scenarios.map((scenario) => ({ node, scenario })));
let results;
try {
  const job = ({ node, scenario }, index) => digestOf(node, scenario, join(scratch, String(index)));
  results = await inParallel(runs.map((run, index) => () => job(run, index)));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

const faults = [];
const found = new Map();
runs.forEach(({ node, scenario }, index) => {
  const digest = results[index];
  const expected = options.update ? (found.get(scenario) ?? digest) : golden[scenario];
  found.set(scenario, found.get(scenario) ?? digest);
  if (digest.startsWith('error:')) faults.push(`${scenario} under ${node}: ${digest}`);
  else if (expected === undefined) faults.push(`${scenario}: no golden digest, run npm run golden:update`);
  else if (digest !== expected) faults.push(`${scenario} under ${node}: expected ${expected}, got ${digest}`);
});
if (!options.update && options.only === '') {
  for (const path of Object.keys(golden))
    if (!scenarios.includes(path)) faults.push(`${path}: has a digest and no file`);
}

for (const fault of faults) console.error(fault);
if (faults.length > 0) {
  console.error('A golden digest changes only in a commit that says why: npm run golden:update rewrites them.');
  process.exitCode = 1;
} else if (options.update) {
  const kept = options.only === '' ? {} : golden;
  const merged = Object.entries({ ...kept, ...Object.fromEntries(found) }).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(GOLDEN, `${JSON.stringify(Object.fromEntries(merged), null, 2)}\n`);
  console.log(`golden: wrote ${found.size} digests`);
} else {
  console.log(`golden: ${scenarios.length} scenarios x ${options.node.length} node binaries agree`);
}
