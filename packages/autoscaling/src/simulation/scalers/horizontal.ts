/**
 * The autoscaler of Kubernetes with its defaults, on the average of in-flight requests: every 15 s, fewer only when five
 * minutes asked for fewer. source: HorizontalPodAutoscaler of kubernetes.io/docs, "Default Behavior" and "Algorithm
 * details".
 */
import { bounded } from '../../laws/law.ts';
import { LOOK_EVERY_MS, type ScalerOf, targetOf } from '../scaler.ts';

const SYNC_MS = 15_000;
const DOWN_MS = 5 * 60_000;
const TOLERANCE = 0.1;
/** The most that are added in a period: as many again, or four. */
const UP_PODS = 4;

export const horizontal: ScalerOf = (settings) => {
  const seconds: number[] = [];
  let recommended: { at: number; replicas: number }[] = [{ at: 0, replicas: settings.initialReplicas }];
  let nextAt = 0;
  return ({ now, meanInflight, asked }) => {
    seconds.push(meanInflight);
    seconds.splice(0, seconds.length - SYNC_MS / LOOK_EVERY_MS);
    if (now < nextAt) {
      return asked;
    }
    nextAt = now + SYNC_MS;
    const average = seconds.reduce((sum, one) => sum + one, 0) / seconds.length;
    const wanted = average / targetOf(settings);
    const isNear = Math.abs(wanted / asked - 1) <= TOLERANCE;
    const replicas = bounded(settings, isNear ? asked : Math.ceil(wanted));
    recommended = [...recommended.filter(({ at }) => at > now - DOWN_MS), { at: now, replicas }];
    if (replicas > asked) {
      return Math.min(replicas, Math.max(2 * asked, asked + UP_PODS));
    }
    return Math.min(asked, Math.max(...recommended.map((one) => one.replicas)));
  };
};
