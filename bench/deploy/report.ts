/** What the rounds come to. Seconds, but for bytes. */
export interface Round {
  readonly first: number;
  readonly rawFirst: number;
  readonly second: number;
  readonly rawSecond: number;
  readonly update: number;
  readonly rawUpdate: number;
  readonly updateBytes: number;
}

export function medianOf(rounds: readonly Round[]): Round {
  const median = (field: keyof Round): number => {
    const sorted = rounds.map((round) => round[field]).toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  };
  return {
    first: median('first'),
    rawFirst: median('rawFirst'),
    second: median('second'),
    rawSecond: median('rawSecond'),
    update: median('update'),
    rawUpdate: median('rawUpdate'),
    updateBytes: median('updateBytes'),
  };
}

export function print(of: Round, { rounds, json }: { readonly rounds: number; readonly json: boolean }): void {
  const over = {
    firstDeployOverRawSeconds: of.first - of.rawFirst,
    sameEnvironmentOverRawSeconds: of.second - of.rawSecond,
    codeUpdateOverRawSeconds: of.update - of.rawUpdate,
    codeUpdateBytes: of.updateBytes,
  };
  if (json) {
    process.stdout.write(`${JSON.stringify({ title: 'deploy', rounds, ...over, medians: of })}\n`);
    return;
  }
  const row = (what: string, ours: number, raw: number): string =>
    `${what.padEnd(44)} ${ours.toFixed(2).padStart(7)} s  raw ${raw.toFixed(2).padStart(7)} s  over raw ${(ours - raw).toFixed(2).padStart(6)} s  ${(ours / raw).toFixed(2)} x\n`;
  process.stdout.write(
    `Deployments on a Kubernetes, median of ${rounds} rounds\n` +
      row('first, with a fresh scikit-learn environment', of.first, of.rawFirst) +
      row('another service with the same environment', of.second, of.rawSecond) +
      row('an update of the code alone', of.update, of.rawUpdate) +
      `bytes pushed for the update                  ${of.updateBytes}\n`,
  );
}
