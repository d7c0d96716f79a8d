/** What the measurements come to, and the page about them. */
import type { Row } from '../harness/compare.ts';
import type { PacedResult } from '../harness/paced.ts';
import type { Figure } from '../harness/page/figures.ts';
import type { Page } from '../harness/page/page.ts';

export interface Measurements {
  readonly rows: readonly Row[];
  readonly added: PacedResult;
  readonly tableChangeMs: number;
  readonly tableChangeManyMs: number;
}

export const NAMES = {
  farled: 'Farled router',
  many: 'Farled router, 10,000 services',
  two: 'Farled router, 2 processes',
  nginx: 'nginx, 1 worker, least_conn',
  haproxy: 'HAProxy, 1 thread, leastconn',
  undici: 'node:http and undici',
  direct: 'replica, without a proxy (limit)',
} as const;

/** By processor time, because cores are what routers are paid in, and because other programs change it least. */
export function figuresOf({ rows, added, tableChangeMs, tableChangeManyMs }: Measurements): readonly Figure[] {
  const cpu = (name: string): number => rows.find((row) => row.name === name)?.cpuMicroseconds ?? Number.NaN;
  const { farled, many, two, nginx, haproxy, undici } = NAMES;
  return [
    {
      name: 'cpuVsNginx',
      what: 'processor time for a request, against nginx',
      value: cpu(farled) / cpu(nginx),
      must: { atMost: 1.7 },
    },
    {
      name: 'cpuVsHaproxy',
      what: 'processor time for a request, against HAProxy',
      value: cpu(farled) / cpu(haproxy),
    },
    {
      name: 'rpsVsUndici',
      what: 'requests for the same processor time, against node:http and undici',
      value: cpu(undici) / cpu(farled),
      must: { atLeast: 2.8 },
    },
    {
      name: 'addedMeanMs',
      what: 'added to an answer at 5,000 requests/s, mean',
      value: added.meanMs,
      must: { atMost: 0.3 },
      unit: 'ms',
    },
    {
      name: 'addedP99Ms',
      what: 'added to an answer at 5,000 requests/s, 99th percentile',
      value: added.p99Ms,
      must: { atMost: 2 },
      unit: 'ms',
    },
    {
      name: 'cpu10000Services',
      what: 'processor time for a request with 10,000 services in the table, against 1',
      value: cpu(many) / cpu(farled),
      must: { atMost: 1.05 },
    },
    {
      name: 'cpu2Processes',
      what: 'processor time for a request with 2 processes on the port, against 1',
      value: cpu(two) / cpu(farled),
    },
    {
      name: 'tableChangeMs',
      what: 'until a changed table of 1 service is in use by 2 processes',
      value: tableChangeMs,
      must: { atMost: 100 },
      unit: 'ms',
    },
    {
      name: 'tableChange10000Ms',
      what: 'the same with 10,000 services in the table',
      value: tableChangeManyMs,
      unit: 'ms',
    },
  ];
}

export function pageOf(measurements: Measurements): Page {
  const { rows } = measurements;
  const measured = rows.filter(({ cpuMicroseconds }) => !Number.isNaN(cpuMicroseconds));
  return {
    title: 'Routing',
    about: `The router beside nginx and HAProxy, and beside what one would write first with Node, before the same two replicas, which answer at once. The router also checks a key, admits, balances by load, counts and measures; the others only pass on. All run on the machine of the load generator (wrk, 16 connections), so compare rows with each other, and processor time before rates: they share two cores.`,
    figures: figuresOf(measurements),
    charts: [
      {
        kind: 'bars',
        title: 'Processor time for a request (less is better)',
        unit: 'µs',
        series: ['processor time'],
        groups: measured.map(({ name, cpuMicroseconds }) => ({ name, values: [cpuMicroseconds] })),
      },
      {
        kind: 'bars',
        title: 'Requests for a second of a core (more is better)',
        unit: '',
        series: ['requests'],
        groups: measured.map(({ name, cpuMicroseconds }) => ({ name, values: [1e6 / cpuMicroseconds] })),
      },
    ],
    tables: [
      {
        title: 'Rows',
        head: ['', 'processor time, µs', 'requests/s', 'p50, ms', 'p99, ms', 'errors'],
        rows: rows.map((row) => [
          row.name,
          row.cpuMicroseconds,
          row.requestsPerSecond,
          row.p50Ms,
          row.p99Ms,
          row.errors,
        ]),
      },
    ],
  };
}
