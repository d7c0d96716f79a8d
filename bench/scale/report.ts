/** The figures beside their limits. */
export interface Figures {
  readonly residentMB: number;
  readonly idleCpuPercent: number;
  readonly changeVisibleSeconds: number;
  readonly restartToSteadySeconds: number;
  readonly listP99Ms: number;
}

const LIMITS: Readonly<Record<keyof Figures, readonly [what: string, limit: number, unit: string]>> = {
  residentMB: ['resident memory of the control plane', 600, 'MB'],
  idleCpuPercent: ['processor when nothing changes', 3, '% of a core'],
  changeVisibleSeconds: ['a change is seen in the cluster after', 2, 's'],
  restartToSteadySeconds: ['killed and started anew, at rest after', 30, 's'],
  listP99Ms: ['99 of 100 pages of a list take at most', 100, 'ms'],
};

export interface Scale {
  readonly services: number;
  readonly replicas: number;
  /** Of the machine, beside each figure. */
  readonly loads: Readonly<Record<keyof Figures, number>>;
  readonly populateSeconds: number;
}

export function print(figures: Figures, { json, ...scale }: Scale & { readonly json: boolean }): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ title: 'scale', ...figures, ...scale })}\n`);
    return;
  }
  const rows = (Object.keys(LIMITS) as (keyof Figures)[]).map((name) => {
    const [what, limit, unit] = LIMITS[name];
    const figure = `${figures[name].toFixed(2).padStart(8)} ${unit}`;
    return `${what.padEnd(42)} ${figure.padEnd(24)} limit ${limit}, load of the machine ${scale.loads[name].toFixed(1)}\n`;
  });
  process.stdout.write(
    `${scale.services} services with ${scale.replicas} simulated replicas, deployed in ${scale.populateSeconds.toFixed(0)} s\n${rows.join('')}`,
  );
}
