/** What the router is told by its environment. */
import { readConfig } from '@farled/service';
import { z } from 'zod';

const Variables = z.object({
  FARLED_ROUTER_HOST: z.string().default('127.0.0.1'),
  /** 0 takes a free one. */
  FARLED_ROUTER_PORT: z.coerce.number().int().min(0).max(65_535).default(7311),
  /** Path of the control socket. */
  FARLED_ROUTER_CONTROL: z.string(),
  /** Where the last table is kept, so that a router that is started anew serves at once. */
  FARLED_ROUTER_TABLE: z.string(),
  FARLED_ROUTER_LOG: z.string().optional(),
});

export interface RouterConfig {
  readonly host: string;
  readonly port: number;
  readonly control: string;
  readonly table: string;
  readonly log: string | undefined;
}

/** @throws FarledError BadArgument naming each variable that can't be used. */
export function routerConfig(environment: Readonly<Record<string, string | undefined>>): RouterConfig {
  const variables = readConfig(Variables, environment);
  return {
    host: variables.FARLED_ROUTER_HOST,
    port: variables.FARLED_ROUTER_PORT,
    control: variables.FARLED_ROUTER_CONTROL,
    table: variables.FARLED_ROUTER_TABLE,
    log: variables.FARLED_ROUTER_LOG,
  };
}
