import { z } from 'zod';

/** As clients send them: values may be null, numbers or booleans, which are kept as the texts they would be printed as. */
export const WireTags = z.record(
  z.string(),
  z
    .union([z.string(), z.number(), z.boolean()])
    .nullable()
    .transform((value) => String(value ?? '')),
);
