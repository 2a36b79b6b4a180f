/** AWS's own description of its resource types, as far as the check asks. */
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';

export type PropertyType =
  | { type: 'string'; allowedValues?: string[] }
  | { type: 'integer' | 'number' | 'boolean' | 'json' | 'date-time' | 'null' | 'tag' }
  | { type: 'array' | 'map'; element: PropertyType }
  | { type: 'union'; types: PropertyType[] }
  /** An object with properties of its own. */
  | { type: 'ref'; reference: { $ref: string } };

interface Property {
  type: PropertyType;
  /** What AWS has widened once may still be written as before. */
  previousTypes?: PropertyType[];
  required?: boolean;
}

export type Properties = Record<string, Property>;

interface ResourceType {
  properties: Properties;
  attributes: Record<string, unknown>;
}

export class Spec {
  readonly #database = loadAwsServiceSpecSync();

  resource(type: string): ResourceType | undefined {
    return this.#database.lookup('resource', 'cloudFormationType', 'equals', type)[0];
  }

  typeNames(): string[] {
    return this.#database.all('resource').map(({ cloudFormationType }) => cloudFormationType);
  }

  /** The properties of a nested type. */
  propertiesOf(type: PropertyType & { type: 'ref' }): Properties {
    return this.#database.get('typeDefinition', type.reference.$ref).properties;
  }
}
