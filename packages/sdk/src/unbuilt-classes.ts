/** Classes of the Azure ML SDK that Farled does not have yet: naming them works, using them says so. */
import { notSupportedYet } from './not-built.ts';

const INSTEAD = 'Deploy with AksWebservice to a compute target; one machine can be one.';

export const AciWebservice = {
  deployConfiguration(): never {
    throw notSupportedYet('AciWebservice', INSTEAD);
  },
} as const;

export const LocalWebservice = {
  deployConfiguration(): never {
    throw notSupportedYet('LocalWebservice', INSTEAD);
  },
} as const;
