import type { Plugin } from 'rolldown';

/** The map leads to our own sources only: with the packages' the zip would be over its limit. */
export function mapOwnSources(): Plugin {
  return {
    name: 'map-own-sources',
    transform: {
      filter: { id: /node_modules/ },
      handler: (code) => ({ code, map: { mappings: '' } }),
    },
  };
}
