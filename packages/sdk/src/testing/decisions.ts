/** What the autoscaler of the server that tests talk to decided, oldest first. */
export function decisionsOf(service: string) {
  const settings = {
    minReplicas: 1,
    maxReplicas: 2,
    targetUtilization: 70,
    refreshPeriodInSeconds: 1,
    maxConcurrentRequestsPerContainer: 1,
  };
  const seen = { busy: 2, queued: 0, isComplete: true, desired: 2, settings };
  return [
    { ...seen, at: '2026-01-01T00:00:00.000Z', outcome: 'scaled', replicas: 1, because: `${service} has load` },
    { ...seen, at: '2026-01-01T00:00:01.000Z', outcome: 'refusedMore', replicas: 2, because: 'maxReplicas is 2' },
  ] as const;
}
