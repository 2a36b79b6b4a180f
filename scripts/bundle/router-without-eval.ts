import type { Plugin } from 'rolldown';

/** What find-my-way writes as source text to be compiled at each start, and what does the same without. */
const rewrites = [
  {
    file: /find-my-way\/lib\/node\.js$/,
    eager: 'prefix.length >= LONG_PREFIX_MIN_LENGTH',
    instead: 'true',
  },
  {
    file: /find-my-way\/lib\/handler-storage\.js$/,
    eager: "return new Function('NullObject', fnBody.join('\\n'))(NullObject)  // eslint-disable-line",
    instead: `return (...values) => {
      const named = new NullObject()
      const extra = values[4]
      for (let i = 0; i < params.length; i++) named[params[i]] = i < 4 ? values[i] : extra[i - 4]
      return named
    }`,
  },
];

/** The router compiles a function for each node and route: quick for a server's millions of requests, dear for one. */
export function routerWithoutEval(): Plugin {
  return {
    name: 'router-without-eval',
    transform: {
      filter: { id: /find-my-way\/lib\/(node|handler-storage)\.js$/ },
      handler(code, id) {
        const rewrite = rewrites.find(({ file }) => file.test(id));
        if (!rewrite || !code.includes(rewrite.eager))
          this.error(`${id} compiles otherwise than it did: look at this plug-in again`);
        return { code: code.replace(rewrite.eager, rewrite.instead), map: null };
      },
    },
  };
}
