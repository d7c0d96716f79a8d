/** Every route of Farled's own API, by resource. */
import { artifacts } from './artifacts.ts';
import { clusters, computes } from './computes.ts';
import { endpoints } from './endpoints.ts';
import { environments } from './environments.ts';
import { identities } from './identities.ts';
import { models } from './models.ts';
import { operations } from './operations.ts';
import { packages } from './packages.ts';
import { resourceGroups } from './resource-groups.ts';
import { server } from './server.ts';
import { services } from './services.ts';
import { workspaces } from './workspaces.ts';

export const routes = {
  server,
  resourceGroups,
  workspaces,
  identities,
  artifacts,
  models,
  environments,
  clusters,
  computes,
  services,
  endpoints,
  packages,
  operations,
} as const;
