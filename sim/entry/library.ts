/** `import { simulate, loadScenario } from 'l0sim'`: runs in memory, for tests and notebooks. */
export { type LoadedScenario, loadScenario, type LoadOptions } from '../scenario/load.ts';
export type { Scenario } from '../scenario/scenario.ts';
export { resumeRun, type Progress, type Run, type RunOptions, type RunResult, simulate, startRun } from '../run/run.ts';
export type { Sink } from '../kernel/simulation.ts';
export type { HashBackend } from '../base/bytes.ts';
