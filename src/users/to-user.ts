import type { UserRow } from '../database/user-row.js';
import type { User } from './users.schema.js';

/** A row as it goes over the wire. */
export const toUser = ({ id, email, name, role, createdAt, updatedAt }: UserRow): User => ({
  id,
  email,
  name,
  role: role as User['role'],
  createdAt,
  updatedAt,
});
