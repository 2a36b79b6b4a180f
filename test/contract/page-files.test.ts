import { describe, test } from 'vitest';
import { serve } from '../support/api.js';
import { expectProblem } from '../support/problems.js';
import { transports } from '../support/transports.js';

describe.each(transports)('the files of the page over $name', (transport) => {
  const api = serve(transport);

  test.each(['/docs/%2e%2e/package.json', '/docs/..%2fpackage.json', '/docs/nothing.js', '/docs/.hidden'])(
    'are all there is: %s',
    async (path) => {
      expectProblem(await api.get(path), 404, 'NOT_FOUND');
    },
  );
});
