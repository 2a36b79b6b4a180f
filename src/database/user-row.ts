/** What of a user's row leaves the database for an answer: never the password's hash. */
export const userColumns = {
  id: true,
  email: true,
  name: true,
  role: true,
  version: true,
  createdAt: true,
  updatedAt: true,
} as const;

export interface UserRow {
  id: string;
  email: string;
  name: string;
  role: string;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}
