import type { Plugin } from 'rolldown';

const cloning = /const cl = this\.clone\(\);\s*core\.globalRegistry\.add\(cl, args\[0\]\);\s*return cl;/;

/** What `.meta()` says is for the documents, which a bundle has as a file; zod would copy every schema for it. */
export function bareSchemas(): Plugin {
  return {
    name: 'bare-schemas',
    transform: {
      filter: { id: /zod\/v4\/classic\/schemas\.js$/ },
      handler(code, id) {
        if (!cloning.test(code))
          this.error(`${id} keeps meta() otherwise than it did: look at this plug-in again`);
        return { code: code.replace(cloning, 'return this;'), map: null };
      },
    },
  };
}
