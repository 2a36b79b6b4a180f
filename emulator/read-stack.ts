import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { Refusal } from '../src/cli/run-program.js';
import type { Architecture } from '../src/cost/lambda-lines.js';

interface StackFunction {
  handler: string;
  memoryMb: number;
  timeoutMs: number;
  architecture: Architecture;
  /** Whether some service hands it HTTP requests; else it is invoked. */
  isHttp: boolean;
  /** Whether its Function URL hands on what it streams. */
  isStreaming: boolean;
}

type Node = { [name: string]: Node | undefined } | string | number | undefined;

/** What osls takes where the file says nothing. */
const defaults = { memorySize: 1024, timeout: 6, architecture: 'x86_64' };

const childOf = (node: Node, name: string): Node => (typeof node === 'object' ? node?.[name] : undefined);

/** A function as serverless.yml in this folder describes it. @throws Refusal */
export function readStack(name: string): StackFunction {
  if (!existsSync('serverless.yml')) throw new Refusal('There is no serverless.yml here.');
  // CloudFormation's tags (!Ref, !Sub) mean nothing here.
  const stack = parse(readFileSync('serverless.yml', 'utf8'), { logLevel: 'error' }) as Node;
  const functions = childOf(stack, 'functions');
  const fn = childOf(functions, name);
  if (typeof functions !== 'object' || typeof fn !== 'object')
    throw new Refusal(
      `serverless.yml has no function ${name}, but: ${Object.keys(functions ?? {}).join(', ')}.`,
    );
  const said = (property: keyof typeof defaults) =>
    fn[property] ?? childOf(childOf(stack, 'provider'), property) ?? defaults[property];
  const number = (property: 'memorySize' | 'timeout') => {
    const value = said(property);
    if (typeof value !== 'number')
      throw new Refusal(`serverless.yml: functions.${name}.${property} must be a plain number.`);
    return value;
  };
  const events = Array.isArray(fn.events) ? (fn.events as Node[]) : [];
  return {
    handler: String(fn.handler),
    memoryMb: number('memorySize'),
    timeoutMs: number('timeout') * 1000,
    architecture: said('architecture') === 'arm64' ? 'arm64' : 'x86_64',
    isStreaming: childOf(fn.url, 'invokeMode') === 'RESPONSE_STREAM',
    isHttp:
      'url' in fn || events.some((event) => ['httpApi', 'http', 'alb'].some((kind) => childOf(event, kind))),
  };
}
