/** Users on the wire. */
import * as z from 'zod';
import { givenPassword, newPassword } from '../auth/auth.schema.js';
import { emailSchema } from '../email.js';
import { problemSchema } from '../inbound/problem.schema.js';
import { codePointCount, hasControlCharacter, lineOfText, wellFormed } from '../text.js';

/** Also in paths, where `UserIdPipe` decides what is none. */
export const userIdSchema = z
  .string()
  .meta({ format: 'uuid', description: 'UUIDv7', examples: ['019aa3c4-7d1e-7c3b-9f27-3f1d5c9b2a10'] });
const email = emailSchema.meta({
  description: 'Shown trimmed, in NFC, with the domain in ASCII; unique without regard to case',
  maxLength: 254,
  examples: ['ada@example.org'],
});
const name = lineOfText(1, 255).meta({
  description: '1-255 code points after trimming, no control characters',
  minLength: 1,
  maxLength: 255,
  examples: ['Ada Lovelace'],
});
const role = z.enum(['user', 'admin'], { error: 'must be user or admin' }).meta({ examples: ['user'] });

export const userSchema = z
  .object({
    id: userIdSchema,
    email: z.string().meta({ examples: ['ada@example.org'] }),
    name: z.string().meta({ examples: ['Ada Lovelace'] }),
    role,
    createdAt: z.iso.datetime().meta({ examples: ['2026-11-21T08:15:00.000Z'] }),
    updatedAt: z.iso.datetime().meta({ examples: ['2026-11-21T08:15:00.000Z'] }),
  })
  .meta({ id: 'User' });
export type User = z.output<typeof userSchema>;

export const newUserSchema = z.strictObject({ email, name, password: newPassword }).meta({ id: 'NewUser' });
export type NewUser = z.output<typeof newUserSchema>;

/** A merge patch (RFC 7396). No member of a user can be removed, so null breaks a rule everywhere. */
export const userPatchSchema = z
  .strictObject({
    email: email.optional(),
    name: name.optional(),
    role: role.optional().meta({ description: 'By admins only' }),
    password: newPassword.optional(),
    currentPassword: givenPassword
      .optional()
      .meta({ description: "Needed to change one's own email or password" }),
  })
  .meta({ id: 'UserPatch', examples: [{ name: 'Augusta Ada King' }] });
export type UserPatch = z.output<typeof userPatchSchema>;

/** Longer than any part of a name that somebody types to find it. */
const MAX_SEARCH = 100;

const filters = {
  email: email.optional().meta({ description: 'Exactly this address, in any spelling' }),
  role: role.optional().meta({ description: 'Only users of this role' }),
  q: wellFormed
    .refine((text) => !hasControlCharacter(text), 'must not hold control characters')
    .refine((text) => {
      const count = codePointCount(text.normalize('NFC'));
      return count >= 1 && count <= MAX_SEARCH;
    }, `must have 1 to ${MAX_SEARCH} characters`)
    .optional()
    .meta({
      description: 'Part of the name or email, without regard to case; every character stands for itself',
      minLength: 1,
      maxLength: MAX_SEARCH,
      examples: ['love'],
    }),
};

export const userFilterSchema = z.strictObject(filters);
export type UserFilter = z.output<typeof userFilterSchema>;

const MAX_LIMIT = 100;
const DEFAULT_LIMIT = 20;

export const userListSchema = z.strictObject({
  ...filters,
  sort: z
    .enum(['createdAt', '-createdAt', 'email', 'name'], {
      error: 'must be createdAt, -createdAt, email or name',
    })
    .default('createdAt')
    .meta({ description: 'By Unicode code point; ties by id' }),
  limit: z
    .string()
    .regex(/^([1-9]\d?|100)$/, `must be a whole number from 1 to ${MAX_LIMIT}`)
    .transform(Number)
    .default(DEFAULT_LIMIT)
    .meta({
      type: 'integer',
      description: 'Users a page; not used for lines, which are all there are',
      minimum: 1,
      maximum: MAX_LIMIT,
      default: DEFAULT_LIMIT,
    }),
  cursor: z
    .string()
    .max(4_000)
    .optional()
    .meta({
      description: '`nextCursor` of the page or lines before, with the same sort and filters',
      examples: ['WyIyMDI2LTExLTIx….Zk0b…'],
    }),
});
export type UserList = z.output<typeof userListSchema>;

export const userPageSchema = z
  .object({
    data: z.array(userSchema),
    nextCursor: z
      .string()
      .nullable()
      .meta({ description: 'null on the last page', examples: ['WyIyMDI2LTExLTIx….Zk0b…'] }),
  })
  .meta({ id: 'UserPage' });
export type UserPage = z.output<typeof userPageSchema>;

export const countSchema = z.object({ count: z.int().meta({ examples: [42] }) }).meta({ id: 'Count' });

const exportEndSchema = z.object({
  count: z.int().meta({ description: 'Users in this answer', minimum: 0, examples: [42] }),
  nextCursor: z
    .string()
    .optional()
    .meta({ description: 'Where to go on, when the answer had to end before the list did' }),
});
export type UserExportEnd = z.output<typeof exportEndSchema>;

export const userLineSchema = z
  .union([userSchema, z.object({ end: exportEndSchema }), z.object({ problem: problemSchema })])
  .meta({
    id: 'UserLine',
    description:
      'Each line is a user; the last is `end`, or a `problem`, after which the connection is closed: users are then missing',
  });
