/**
 * A reporter for `node --test` that writes nothing but the totals, as JSON: tests are counted one
 * by one, suites are not.
 * @param {AsyncIterable<any>} events
 */
export default async function* countsReporter(events) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for await (const { type, data } of events) {
    if (data?.details?.type === "suite") continue;
    if (type !== "test:pass" && type !== "test:fail") continue;
    if (data.skip !== undefined || data.todo !== undefined) counts.skipped++;
    else if (type === "test:pass") counts.passed++;
    else counts.failed++;
  }
  yield JSON.stringify(counts);
}
