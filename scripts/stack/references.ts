/** What a template says of itself: each name that it uses has to be one that it has. */
import { type Complaint, meant } from './complaint.js';
import type { Spec } from './spec.js';
import { intrinsic, isObject, type Template, type TemplateResource } from './template.js';

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

export class References {
  readonly complaints: Complaint[] = [];
  readonly #resources: string[];
  readonly #refs: string[];
  readonly #conditions: string[];
  readonly #mappings: string[];

  constructor(
    private readonly template: Template,
    private readonly spec: Spec,
  ) {
    this.#resources = Object.keys(template.Resources);
    this.#refs = [...this.#resources, ...Object.keys(template.Parameters ?? {}), ...PSEUDO_PARAMETERS];
    this.#conditions = Object.keys(template.Conditions ?? {});
    this.#mappings = Object.keys(template.Mappings ?? {});
  }

  /** @returns the names that the resource refers to */
  readResource({ DependsOn = [], Condition, Properties }: TemplateResource, path: string): string[] {
    if (Condition !== undefined) this.#mustBe(Condition, this.#conditions, 'condition', `${path}.Condition`);
    const before = [DependsOn].flat();
    for (const name of before) this.#mustBe(name, this.#resources, 'resource', `${path}.DependsOn`);
    return [...before, ...this.read(Properties, `${path}.Properties`)];
  }

  /** @returns the names that `value` refers to, at any depth */
  read(value: unknown, path: string): string[] {
    if (typeof value === 'string') return this.#text(value, path);
    if (Array.isArray(value))
      return value.flatMap((element, index) => this.read(element, `${path}[${index}]`));
    if (!isObject(value)) return [];
    const call = intrinsic(value);
    if (call) return this.#call(call.name, call.argument, `${path}.${call.name}`);
    // Within conditions, and of outputs, it names one; within a policy it is an object.
    if (typeof value.Condition === 'string')
      this.#mustBe(value.Condition, this.#conditions, 'condition', `${path}.Condition`);
    return Object.entries(value).flatMap(([key, element]) => this.read(element, `${path}.${key}`));
  }

  #text(text: string, path: string): string[] {
    const [placeholder] = /\$\{[^!}][^}]*\}?/.exec(text) ?? [];
    if (placeholder) this.#complain(path, `holds ${placeholder}, which nothing fills in`);
    return [];
  }

  #call(name: string, argument: unknown, path: string): string[] {
    const list = Array.isArray(argument) ? argument : [argument];
    switch (name) {
      case 'Ref':
        return this.#ref(argument, path);
      case 'Fn::GetAtt':
        return this.#attribute(list.join('.'), path);
      case 'Fn::Sub':
        return this.#sub(list[0], list[1] ?? {}, path);
      case 'Fn::If':
        this.#mustBe(list[0], this.#conditions, 'condition', path);
        return this.read(list.slice(1), path);
      case 'Fn::FindInMap':
        this.#mustBe(list[0], this.#mappings, 'mapping', path);
        return this.read(list.slice(1), path);
      default:
        return this.read(argument, path);
    }
  }

  #ref(name: unknown, path: string): string[] {
    this.#mustBe(name, this.#refs, 'resource or parameter', path);
    return [String(name)];
  }

  /** @param text `Resource.Attribute`, where the attribute may hold further points */
  #attribute(text: string, path: string): string[] {
    const [id = '', ...rest] = text.split('.');
    const attribute = rest.join('.');
    this.#mustBe(id, this.#resources, 'resource', path);
    const type = this.template.Resources[id]?.Type ?? '';
    const known = Object.keys(this.spec.resource(type)?.attributes ?? {});
    if (known.length > 0 && !known.includes(attribute))
      this.#complain(path, `${type} has no attribute ${attribute}${meant(attribute, known)}`);
    return [id];
  }

  #sub(text: unknown, own: object, path: string): string[] {
    const names = [...String(text).matchAll(/\$\{([^!}][^}]*)\}/g)].map(([, name = '']) => name);
    const used = names
      .filter((name) => !(name in own))
      .flatMap((name) => (name.includes('.') ? this.#attribute(name, path) : this.#ref(name, path)));
    return [...used, ...this.read(own, path)];
  }

  #mustBe(name: unknown, known: string[], kind: string, path: string): void {
    if (!known.includes(String(name)))
      this.#complain(path, `there is no ${kind} ${name}${meant(String(name), known)}`);
  }

  #complain(path: string, message: string): void {
    this.complaints.push({ path, message });
  }
}
