/** The law of the service's settings, through the code that the elected router runs at each look. */
import { look, type Look, type Scaled } from '../../look.ts';
import type { Scaler, ScalerOf, SimulationSettings } from '../scaler.ts';

type Told = NonNullable<Look['decision']>;

/** `decided` is told of each decision that changes the number. */
export function production(decided: (at: number, decision: Told) => void = () => {}): ScalerOf {
  return (settings) => scaler(settings, decided);
}

function scaler(settings: SimulationSettings, decided: (at: number, decision: Told) => void): Scaler {
  let before: Scaled | undefined;
  return ({ now, busy, queued, asked }) => {
    const { decision, after } = look(settings, { now, busy, queued, isComplete: true, current: asked }, before);
    before = after;
    if (decision !== null && decision.desired !== asked) {
      decided(now, decision);
    }
    return decision?.desired ?? asked;
  };
}
