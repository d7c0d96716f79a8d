/** What can be asked of every benchmark on its command line. */
export interface BenchmarkOptions {
  /** One line of JSON instead of words. */
  readonly json: boolean;
  /** Also writes the page in docs/benchmarks/. */
  readonly write: boolean;
}

export function benchmarkOptions(argv: readonly string[]): BenchmarkOptions {
  return { json: argv.includes('--json'), write: argv.includes('--write') };
}
