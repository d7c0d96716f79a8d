/**
 * Knative's pod autoscaler with its defaults: an average over a minute decides, and one over six seconds while these
 * need twice of what is there. source: knative/serving, pkg/autoscaler/scaling/autoscaler.go and
 * config/core/configmaps/autoscaler.yaml.
 */
import { bounded } from '../../laws/law.ts';
import { LOOK_EVERY_MS, type ScalerOf, targetOf } from '../scaler.ts';

const TICK_MS = 2000;
const STABLE_MS = 60_000;
const PANIC_MS = 6000;
const PANIC_THRESHOLD = 2;
const MAX_SCALE_UP_RATE = 1000;
const MAX_SCALE_DOWN_RATE = 2;

export const knative: ScalerOf = (settings) => {
  /** One average for each second, the latest last. */
  const seconds: number[] = [];
  let nextAt = 0;
  /** A service of several replicas begins in panic: nothing is known of its load yet. */
  let panic = settings.initialReplicas > 1 ? { since: 0, most: settings.initialReplicas } : null;
  const average = (windowMs: number): number => {
    const window = seconds.slice(-windowMs / LOOK_EVERY_MS);
    return window.reduce((sum, one) => sum + one, 0) / window.length;
  };
  return ({ now, meanInflight, asked, ready }) => {
    seconds.push(meanInflight);
    seconds.splice(0, seconds.length - STABLE_MS / LOOK_EVERY_MS);
    if (now < nextAt) {
      return asked;
    }
    nextAt = now + TICK_MS;
    const present = Math.max(1, ready);
    const needed = (windowMs: number): number => Math.ceil(average(windowMs) / targetOf(settings));
    const limited = (replicas: number): number =>
      Math.min(Math.max(replicas, Math.floor(present / MAX_SCALE_DOWN_RATE)), present * MAX_SCALE_UP_RATE);
    const urgent = needed(PANIC_MS);
    const stable = limited(needed(STABLE_MS));
    if (urgent / present >= PANIC_THRESHOLD) {
      panic = { since: now, most: panic?.most ?? 0 };
    } else if (panic !== null && now > panic.since + STABLE_MS) {
      panic = null;
    }
    if (panic === null) {
      return bounded(settings, stable);
    }
    panic = { ...panic, most: Math.max(panic.most, stable, limited(urgent)) };
    return bounded(settings, panic.most);
  };
};
