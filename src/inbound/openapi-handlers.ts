/** The handlers of an application, as the documents need to know them. */
import { ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { IS_PUBLIC, type IsPublic } from '../auth/access.guard.js';
import { CONFIG, type Config } from '../config.js';
import { OPERATION, type Operation } from '../operation.js';

export interface Handler {
  readonly operation: Operation;
  /** The security scheme of the token it needs, as this server is configured; undefined: it needs none. */
  readonly scheme: 'bearer' | 'metricsToken' | undefined;
  /** `Cache-Control` of a success, where the handler sets it. */
  readonly cacheControl: string | undefined;
}

/** `<controller class>.<method>`: what the generator hands to `operationIdFactory`, and so a key between the two. */
export const handlerKey = (controller: string, method: string): string => `${controller}.${method}`;

/** Every documented handler by its key. */
export function documentedHandlers(app: NestFastifyApplication): Map<string, Handler> {
  const config = app.get<Config>(CONFIG);
  const handlers = new Map<string, Handler>();
  for (const { controllers } of app.get(ModulesContainer).values())
    for (const { metatype } of controllers.values()) {
      if (typeof metatype !== 'function') continue;
      for (const [name, { value: method }] of Object.entries(
        Object.getOwnPropertyDescriptors(metatype.prototype),
      )) {
        const operation: Operation | undefined =
          typeof method === 'function' && Reflect.getMetadata(OPERATION, method);
        if (!operation) continue;
        describeParameters(metatype, name);
        const isPublic: IsPublic | undefined =
          Reflect.getMetadata(IS_PUBLIC, method) ?? Reflect.getMetadata(IS_PUBLIC, metatype);
        const headers: { name: string; value: string }[] = Reflect.getMetadata('__headers__', method) ?? [];
        handlers.set(handlerKey(metatype.name, name), {
          operation,
          scheme: isPublic?.(config) ? schemeOfOpen(operation, config) : 'bearer',
          cacheControl: headers.find((header) => header.name === 'cache-control')?.value,
        });
      }
    }
  return handlers;
}

/** What a route asks for that needs no access token. */
const schemeOfOpen = ({ usesMetricsToken }: Operation, { metricsToken }: Config) =>
  usesMetricsToken && metricsToken !== undefined ? ('metricsToken' as const) : undefined;

/**
 * @nestjs/swagger sees a handler's parameters only where the compiler left their types, and skips some by
 * type. The schemas say all that is needed: with any type, whatever the compiler, it sees them all.
 */
function describeParameters(controller: { prototype: object }, name: string): void {
  const parameters: Record<string, { index: number }> =
    Reflect.getMetadata('__routeArguments__', controller, name) ?? {};
  const count = Math.max(0, ...Object.values(parameters).map(({ index }) => index + 1));
  Reflect.defineMetadata('design:paramtypes', Array(count).fill(String), controller.prototype, name);
}
