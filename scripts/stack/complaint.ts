import { nearestName } from '../../src/nearest-name.js';

/** What is wrong, and where in the template. */
export interface Complaint {
  path: string;
  message: string;
}

export const complaint = (path: string, message: string): Complaint[] => [{ path, message }];

/** A complaint for each name that is not known, with the one that was probably meant. */
export function unknownNames(
  given: string[],
  known: string[],
  path: string,
  message = 'is not known',
): Complaint[] {
  return given
    .filter((name) => !known.includes(name))
    .flatMap((name) => complaint(path === '' ? name : `${path}.${name}`, `${message}${meant(name, known)}`));
}

/** The known name that was probably meant, as a question to append; nothing where none is near. */
export function meant(name: string, known: string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? '' : `; ${nearest}?`;
}
