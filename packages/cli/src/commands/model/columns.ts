import type { Model } from '@farled/contract';

import type { Column } from '../../command.ts';

export const MODEL_COLUMNS: readonly Column<Model>[] = [
  ['Id', ({ id }) => id],
  ['Framework', ({ framework }) => framework],
  ['Bytes', ({ size }) => size],
  [
    'Tags',
    ({ tags }) =>
      Object.entries(tags)
        .map(([key, value]) => `${key}=${value}`)
        .join(' '),
  ],
  ['Created', ({ createdTime }) => createdTime],
];
