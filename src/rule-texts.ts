/** What a broken rule is called where its schema has no words of its own. Importing this file sets them. */
import * as z from 'zod';

z.config({
  customError: (issue) => {
    switch (issue.code) {
      case 'invalid_type':
        return issue.input === undefined
          ? 'is required'
          : `must be ${issue.expected === 'object' ? 'an object' : `a ${issue.expected}`}`;
      case 'too_big':
        return `must have at most ${issue.maximum} characters`;
      case 'invalid_value':
        return `must be ${issue.values.map(String).join(' or ')}`;
      default:
        return undefined;
    }
  },
});
