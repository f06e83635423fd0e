/**
 * Mutation testing of the policy evaluator: `npm run mutants`. It changes one thing of the source at a time
 * and sees whether a test notices. One part alone: `npm run mutants -- --mutate 'src/policy/list.ts'`.
 *
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutants.config.mts' },
  mutate: ['src/cluster/**/*.ts', 'src/policy/**/*.ts'],
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // Mutants of what runs once, when a module is loaded, would need all tests each.
  ignoreStatic: true,
  thresholds: { high: 95, low: 90, break: 85 },
  // Only what the tests need is copied; tsconfig.json not, which Stryker reads with an API that TypeScript 7 lacks.
  ignorePatterns: ['*', '!src/**', '!test/**', '!package.json', '!vitest.mutants.config.mts'],
  tempDirName: '.cache/stryker',
  reporters: ['progress-append-only', 'clear-text', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: '.cache/mutants.json' },
};
