/** Whether CloudFormation would know every word of a template: what only a deployment would find out else. */
import { checkPolicies } from './check-policies.js';
import { checkProperties } from './check-properties.js';
import { type Complaint, complaint, meant, unknownNames } from './complaint.js';
import { findCircle } from './find-circle.js';
import { References } from './references.js';
import type { Spec } from './spec.js';
import type { Template, TemplateResource } from './template.js';

const SECTIONS = [
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
const ATTRIBUTES = [
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
const OUTPUT = ['Value', 'Description', 'Export', 'Condition'];

/** @returns one line a complaint: where, what, and what was probably meant */
export function checkTemplate(template: Template, spec: Spec): string[] {
  const { Resources, Outputs = {}, Conditions } = template;
  const references = new References(template, spec);
  references.read(Conditions, 'Conditions');
  references.read(Outputs, 'Outputs');
  const uses = new Map(
    Object.entries(Resources).map(([id, resource]) => [
      id,
      references.readResource(resource, `Resources.${id}`),
    ]),
  );
  const circle = findCircle(uses);
  const complaints = [
    ...unknownNames(Object.keys(template), SECTIONS, ''),
    ...Object.entries(Resources).flatMap(([id, resource]) =>
      checkResource(spec, resource, `Resources.${id}`),
    ),
    ...Object.entries(Outputs).flatMap(([id, output]) =>
      unknownNames(Object.keys(output ?? {}), OUTPUT, `Outputs.${id}`),
    ),
    ...references.complaints,
    ...(circle ? complaint('Resources', `each waits for the next: ${circle.join(' -> ')}`) : []),
  ];
  return complaints.map(({ path, message }) => `${path}: ${message}`);
}

function checkResource(spec: Spec, resource: TemplateResource, path: string): Complaint[] {
  const { Type, Properties = {} } = resource;
  const known = spec.resource(Type);
  return [
    ...unknownNames(Object.keys(resource), ATTRIBUTES, path),
    ...(known
      ? checkProperties(spec, Properties, known.properties, `${path}.Properties`)
      : complaint(`${path}.Type`, `there is no type ${Type}${meant(String(Type), spec.typeNames())}`)),
    ...checkPolicies(Properties, `${path}.Properties`),
  ];
}
