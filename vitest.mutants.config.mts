import { defineConfig } from 'vitest/config';

/** What judges the mutants: the tests of what is mutated, and none that starts a process. */
export default defineConfig({
  test: {
    include: ['test/cluster/**/*.test.ts', 'test/policy/**/*.test.ts'],
    // Some thousand mutants would each meet some hundred generated clusters: the named tests must do.
    exclude: ['test/policy/properties.test.ts'],
    testTimeout: 30_000,
  },
});
