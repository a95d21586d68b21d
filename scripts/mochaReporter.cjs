// @ts-check
/**
 * Mocha's usual report, and beside it the result of every test in the file that HANSA_MOCHA_RESULTS names, so
 * that scripts/test.ts can count and tell which suites ran. Plain CommonJS: that is how Mocha loads reporters.
 */
const { appendFileSync } = require("node:fs");
const { relative, sep } = require("node:path");
const Mocha = require("mocha");

class CountingReporter extends Mocha.reporters.Spec {
  /** @param {Mocha.Runner} runner @param {Mocha.MochaOptions} options */
  constructor(runner, options) {
    super(runner, options);
    const results = process.env.HANSA_MOCHA_RESULTS;
    if (!results) return;
    const { EVENT_TEST_PASS, EVENT_TEST_FAIL } = Mocha.Runner.constants;
    /** @param {object} line */
    const write = (line) => appendFileSync(results, `${JSON.stringify(line)}\n`);
    /** @param {Mocha.Test} test @param {object} outcome */
    const record = (test, outcome) => {
      const file = relative(process.cwd(), test.file ?? "")
        .split(sep)
        .join("/");
      write({ file, title: test.fullTitle(), ms: test.duration ?? 0, ...outcome });
    };
    runner.on(EVENT_TEST_PASS, (test) => record(test, { passed: true }));
    runner.on(EVENT_TEST_FAIL, (test, error) =>
      record(test, { passed: false, why: String(error?.stack ?? error?.message ?? error) }),
    );
  }
}

module.exports = CountingReporter;
