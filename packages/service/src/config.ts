/** A process's configuration from its environment variables: one schema, every fault reported at once. */
import { FarledError } from '@farled/contract';
import type { z } from 'zod';

/**
 * Reads `environment` by the schema, whose keys are the variables' names.
 *
 * @throws FarledError BadArgument naming each variable that is wrong, its value's fault, and nothing secret.
 */
export function readConfig<Schema extends z.ZodObject>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): z.output<Schema> {
  const said = Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => {
      const value = environment[name];
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
  const result = schema.safeParse(said);
  if (result.success) {
    return result.data;
  }
  const faults = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new FarledError('BadArgument', `The environment variables are not valid: ${faults.join('; ')}.`);
}
