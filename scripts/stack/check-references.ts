/** What a template says of itself: each name that it uses is one that it has. Returns who refers to whom. */
import { meant } from './check-value.js';
import type { Spec } from './spec.js';
import { type Complain, intrinsic, isObject, type Template } from './template.js';

const PSEUDO_PARAMETERS = [
  'AWS::AccountId',
  'AWS::NotificationARNs',
  'AWS::NoValue',
  'AWS::Partition',
  'AWS::Region',
  'AWS::StackId',
  'AWS::StackName',
  'AWS::URLSuffix',
];

export class ReferenceCheck {
  readonly #refs: string[];

  constructor(
    private readonly template: Template,
    private readonly spec: Spec,
    private readonly complain: Complain,
  ) {
    const { Resources, Parameters = {} } = template;
    this.#refs = [...Object.keys(Resources), ...Object.keys(Parameters), ...PSEUDO_PARAMETERS];
  }

  /** @returns the resources that `value` refers to, at any depth */
  check(value: unknown, path: string): string[] {
    if (typeof value === 'string') {
      if (/\$\{[^!]/.test(value))
        this.complain(path, `holds ${value.match(/\$\{[^}]*\}?/)?.[0]}, which nothing fills in`);
      return [];
    }
    if (Array.isArray(value))
      return value.flatMap((element, index) => this.check(element, `${path}[${index}]`));
    if (!isObject(value)) return [];
    const call = intrinsic(value);
    if (call) return this.#call(call, path);
    // In the language of conditions this is a function too.
    if (path.startsWith('Conditions.') && typeof value.Condition === 'string')
      this.condition(value.Condition, path);
    return Object.entries(value).flatMap(([key, element]) => this.check(element, `${path}.${key}`));
  }

  condition(name: unknown, path: string): void {
    this.#mustBe(name, Object.keys(this.template.Conditions ?? {}), 'condition', path);
  }

  dependsOn(names: string | string[] | undefined, path: string): string[] {
    const list = [names ?? []].flat();
    for (const name of list) this.#mustBe(name, Object.keys(this.template.Resources), 'resource', path);
    return list;
  }

  #call({ name, argument }: { name: string; argument: unknown }, path: string): string[] {
    const where = `${path}.${name}`;
    switch (name) {
      case 'Ref':
        return this.#ref(argument, where);
      case 'Fn::GetAtt':
        return this.#getAtt(argument, where);
      case 'Fn::Sub':
        return this.#sub(argument, where);
      case 'Fn::If':
        if (Array.isArray(argument)) this.condition(argument[0], where);
        return this.check(Array.isArray(argument) ? argument.slice(1) : argument, where);
      case 'Fn::FindInMap':
        if (Array.isArray(argument) && typeof argument[0] === 'string')
          this.#mustBe(argument[0], Object.keys(this.template.Mappings ?? {}), 'mapping', where);
        return this.check(argument, where);
      default:
        return this.check(argument, where);
    }
  }

  #ref(name: unknown, path: string): string[] {
    this.#mustBe(name, this.#refs, 'resource or parameter', path);
    return [String(name)];
  }

  #getAtt(argument: unknown, path: string): string[] {
    const [id, ...rest] =
      typeof argument === 'string' ? argument.split('.') : Array.isArray(argument) ? argument : [];
    const attribute = rest.join('.');
    const { Resources } = this.template;
    this.#mustBe(id, Object.keys(Resources), 'resource', path);
    const type = Resources[String(id)]?.Type;
    const known = type === undefined ? undefined : this.spec.resource(type)?.attributes;
    if (known && !(attribute in known))
      this.complain(
        path,
        `${type} has no attribute ${attribute || '(none is named)'}${meant(attribute, Object.keys(known))}`,
      );
    return [String(id)];
  }

  #sub(argument: unknown, path: string): string[] {
    const [text, variables = {}] = Array.isArray(argument) ? argument : [argument];
    if (typeof text !== 'string') {
      this.complain(path, 'takes a text');
      return [];
    }
    const own = isObject(variables) ? variables : {};
    const names = [...text.matchAll(/\$\{([^!}][^}]*)\}/g)].map(([, name = '']) => name);
    const used = names
      .filter((name) => !(name in own))
      .flatMap((name) => (name.includes('.') ? this.#getAtt(name, path) : this.#ref(name, path)));
    return [...used, ...this.check(own, path)];
  }

  #mustBe(name: unknown, known: string[], kind: string, path: string): void {
    if (typeof name !== 'string') this.complain(path, `must name a ${kind}`);
    else if (!known.includes(name)) this.complain(path, `there is no ${kind} ${name}${meant(name, known)}`);
  }
}
