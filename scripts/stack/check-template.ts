/** Whether CloudFormation would know every word of a template: what would else be found out by a deployment. */
import { checkPolicies } from './check-policy.js';
import { ReferenceCheck } from './check-references.js';
import { checkProperties, meant } from './check-value.js';
import type { Spec } from './spec.js';
import { type Complain, isObject, type Template, type TemplateResource } from './template.js';

const sections = [
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Parameters',
  'Rules',
  'Mappings',
  'Conditions',
  'Transform',
  'Hooks',
  'Resources',
  'Outputs',
];

const resourceAttributes = [
  'Type',
  'Properties',
  'DependsOn',
  'Condition',
  'DeletionPolicy',
  'UpdateReplacePolicy',
  'UpdatePolicy',
  'CreationPolicy',
  'Metadata',
];

/** @returns one line a complaint: where, what, and what was probably meant */
export function checkTemplate(template: Template, spec: Spec): string[] {
  const complaints: string[] = [];
  const complain: Complain = (path, message) => void complaints.push(`${path}: ${message}`);
  onlyKnown(template, sections, '', complain);
  const references = new ReferenceCheck(template, spec, complain);
  const uses = new Map<string, string[]>();
  for (const [id, resource] of Object.entries(template.Resources)) {
    const path = `Resources.${id}`;
    checkResource(spec, resource, path, complain);
    if (resource.Condition !== undefined) references.condition(resource.Condition, `${path}.Condition`);
    uses.set(id, [
      ...references.dependsOn(resource.DependsOn, `${path}.DependsOn`),
      ...references.check(resource.Properties, `${path}.Properties`),
    ]);
  }
  references.check(template.Conditions, 'Conditions');
  for (const [id, output] of Object.entries(template.Outputs ?? {})) {
    onlyKnown(output, ['Value', 'Description', 'Export', 'Condition'], `Outputs.${id}`, complain);
    references.check(output, `Outputs.${id}`);
  }
  const circle = findCircle(uses);
  if (circle) complain('Resources', `each waits for the next: ${circle.join(' -> ')}`);
  return complaints;
}

function checkResource(spec: Spec, resource: TemplateResource, path: string, complain: Complain): void {
  onlyKnown(resource, resourceAttributes, path, complain);
  const known = spec.resource(resource.Type);
  if (!known)
    return complain(
      `${path}.Type`,
      `there is no type ${resource.Type}${meant(String(resource.Type), spec.typeNames())}`,
    );
  checkProperties(spec, resource.Properties ?? {}, known.properties, `${path}.Properties`, complain);
  checkPolicies(resource.Properties, `${path}.Properties`, complain);
}

function onlyKnown(given: unknown, known: string[], path: string, complain: Complain): void {
  if (!isObject(given)) return complain(path, 'is no object');
  for (const name of Object.keys(given))
    if (!known.includes(name))
      complain([path, name].filter(Boolean).join('.'), `is not known${meant(name, known)}`);
}

/** Resources that wait for each other in a circle: CloudFormation refuses the whole stack. */
function findCircle(uses: Map<string, string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (id: string, way: string[]): string[] | undefined => {
    if (way.includes(id)) return [...way.slice(way.indexOf(id)), id];
    if (done.has(id)) return undefined;
    for (const used of uses.get(id) ?? []) {
      const circle = visit(used, [...way, id]);
      if (circle) return circle;
    }
    done.add(id);
    return undefined;
  };
  for (const id of uses.keys()) {
    const circle = visit(id, []);
    if (circle) return circle;
  }
  return undefined;
}
