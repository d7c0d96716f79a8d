import type { LawName } from '../../laws/law.ts';
/** The law of the service's settings, through the code that the elected router runs at each look. */
import { look, type Look, type Scaled, type Totals } from '../../look.ts';
import type { Scaler, ScalerOf, SimulationSettings } from '../scaler.ts';

type Told = NonNullable<Look['decision']>;

/** By the law of the settings when none is named. `decided` is told of each decision that changes the number. */
export function production(law?: LawName, decided: (at: number, decision: Told) => void = () => {}): ScalerOf {
  return (settings) => scaler({ ...settings, law: law ?? settings.law }, decided);
}

function scaler(settings: SimulationSettings, decided: (at: number, decision: Told) => void): Scaler {
  let before: Scaled | undefined;
  let totals: Totals = { of: 'simulation', arrived: 0, answered: 0 };
  return ({ now, busy, queued, asked, ready, arrived, answered }) => {
    totals = { ...totals, arrived: totals.arrived + arrived, answered: totals.answered + answered };
    const seen = { now, busy, queued, totals, isComplete: true, current: asked, ready };
    const { decision, after } = look(settings, seen, before);
    before = after;
    if (decision !== null && decision.desired !== asked) {
      decided(now, decision);
    }
    return decision?.desired ?? asked;
  };
}
