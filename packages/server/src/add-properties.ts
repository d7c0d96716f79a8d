/** Properties are only added, of services and of endpoints alike. */
import { FarledError } from '@farled/contract';

/** What clients say of the checkout that the source folder is in, each time they send one. */
const OF_THE_SOURCE = /^(?:azureml|mlflow\.source)\.git\./;

/** @throws FarledError BadArgument: a property once set stays, unless it says where the source is from. */
export function addProperties(
  present: Readonly<Record<string, string>>,
  added: Readonly<Record<string, string>>,
): Record<string, string> {
  for (const [name, value] of Object.entries(added)) {
    if (Object.hasOwn(present, name) && present[name] !== value && !OF_THE_SOURCE.test(name)) {
      throw new FarledError('BadArgument', `Property "${name}" is "${present[name]}" and can not be changed.`, {
        suggestion: 'Use a tag for what changes.',
      });
    }
  }
  return { ...present, ...added };
}
