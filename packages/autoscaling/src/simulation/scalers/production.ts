/** The law of the service's settings, through the code that the elected router runs at each look. */
import { look, type Scaled } from '../../look.ts';
import type { ScalerOf } from '../scaler.ts';

export const production: ScalerOf = (settings) => {
  let before: Scaled | undefined;
  return ({ now, busy, queued, asked }) => {
    const { decision, after } = look(settings, { now, busy, queued, isComplete: true, current: asked }, before);
    before = after;
    return decision?.desired ?? asked;
  };
};
