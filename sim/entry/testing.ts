/** `import { checkScenarios, expectSafe, scenarioArbitrary } from 'l0sim/testing'`: invariants over random worlds. */
export { type FaultChoice, scenarioArbitrary, type ScenarioOptions } from '../experiment/plan/scenario-arbitrary.ts';
export type {
  ChainKind,
  ChainPlan,
  FaultPlan,
  LanePlan,
  MessageKind,
  MessagePlan,
  RelayerPlan,
  ScenarioPlan,
  WorldPlan,
} from '../experiment/plan/scenario-plan.ts';
export { loadPlan, planToYaml } from '../experiment/plan/plan-yaml.ts';
export {
  expectLive,
  type ExpectOptions,
  expectSafe,
  expectSafeAndLive,
  expectVerdict,
  type VerdictName,
} from '../experiment/plan/expectations.ts';
export {
  expectProperty,
  property,
  type PropertyRules,
  type PropertyViolation,
  type RunRecord,
  type ScenarioProperty,
} from '../experiment/plan/custom-property.ts';
export {
  type CheckParameters,
  checkScenarios,
  type ReportOptions,
  scenarioReporter,
} from '../experiment/plan/check-scenarios.ts';
export { ScenarioFailure } from '../experiment/plan/failure.ts';
export type { Subject, SubjectOptions } from '../experiment/plan/subject.ts';
