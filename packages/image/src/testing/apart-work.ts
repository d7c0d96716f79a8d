/** Work that goes as the request says, for the tests of working apart. */
import { FarledError } from '@farled/contract';

import { answerApart } from '../apart.ts';

answerApart((request: 'secrets' | 'refuse' | 'break' | 'die' | 'hang') => {
  switch (request) {
    case 'secrets':
      return Promise.resolve(Object.keys(process.env).toSorted());
    case 'refuse':
      return Promise.reject(new FarledError('ImageNotFound', 'There is none.', { suggestion: 'Make one.' }));
    case 'break':
      return Promise.reject(new Error('no room left'));
    case 'die':
      process.kill(process.pid, 'SIGKILL');
      return new Promise(() => {});
    case 'hang':
      return new Promise(() => {});
  }
});
