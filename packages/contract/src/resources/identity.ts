/** What callers may do. */
export const ROLES = ['Owner', 'Contributor', 'Reader', 'Scorer'] as const;
export type Role = (typeof ROLES)[number];

/** What a route needs: to look, to change, to score (keys and tokens of services), or to say who may do what. */
export const NEEDS = ['read', 'write', 'score', 'manage'] as const;
export type Need = (typeof NEEDS)[number];

const GRANTED: Readonly<Record<Role, readonly Need[]>> = {
  Owner: NEEDS,
  Contributor: ['read', 'write', 'score'],
  Reader: ['read'],
  Scorer: ['score'],
};

export function grants(role: Role, need: Need): boolean {
  return GRANTED[role].includes(need);
}
