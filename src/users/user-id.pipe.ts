import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { Problem } from '../problem.js';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** An id in a path. What is no UUID names no user, so it is not found rather than invalid. */
@Injectable()
export class UserIdPipe implements PipeTransform<string, string> {
  transform(given: string, _metadata: ArgumentMetadata): string {
    const id = given.toLowerCase();
    if (!uuid.test(id)) throw new Problem('NOT_FOUND', 'There is no such user, or it is not yours to see.');
    return id;
  }
}
