/** Functions of ours under the emulator, behind one of AWS's services, on a port of their own. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { DeployedFunction } from '../../emulator/deployed-function.js';
import { FunctionInstances } from '../../emulator/function-instances.js';
import { type Served, serve } from '../../emulator/serve.js';
import { type Service, services } from '../../emulator/services.js';

export interface ServedFunction {
  url: string;
  port: number;
  instances: FunctionInstances;
  /** What has been answered, with what it took. */
  served: Served[];
  /** The function's log. */
  lines: string[];
  end(): Promise<void>;
}

/** End it. */
export async function serveFunction(
  fn: DeployedFunction,
  service = services['api-gateway-v2'] as Service,
): Promise<ServedFunction> {
  const served: Served[] = [];
  const lines: string[] = [];
  const instances = new FunctionInstances(fn, { log: (line) => lines.push(line) });
  const server = serve(service, instances, (one) => served.push(one));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    instances,
    served,
    lines,
    end: async () => {
      server.close();
      server.closeAllConnections();
      await instances.end();
    },
  };
}

/** The code that boots a function from dist/, for a folder's index.mjs: what the bundle holds, unbundled. */
export const codeOfDist = (name: 'api' | 'stream' | 'migrate'): string =>
  `import { boot } from ${JSON.stringify(new URL(`../../dist/lambda/${name}.js`, import.meta.url).href)};
   export const handler = await boot();`;
