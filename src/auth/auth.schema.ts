/** What sign-in takes and gives. */
import * as z from 'zod';
import { codePointCount, wellFormed } from '../text.js';

const MIN_PASSWORD = 8;
const MAX_PASSWORD = 128;

/** A new password: 8-128 code points, whatever they are (NIST SP 800-63B-4, 3.1.1.2: no composition rules). */
export const newPassword = wellFormed
  .refine((text) => {
    const count = codePointCount(text);
    return count >= MIN_PASSWORD && count <= MAX_PASSWORD;
  }, `must have ${MIN_PASSWORD} to ${MAX_PASSWORD} characters`)
  .meta({
    minLength: MIN_PASSWORD,
    maxLength: MAX_PASSWORD,
    format: 'password',
    examples: ['correct horse battery'],
  });

/** A password to compare: any text short enough to hash; a wrong one is wrong, not invalid. */
export const givenPassword = wellFormed
  .max(1_000)
  .meta({ format: 'password', examples: ['correct horse battery'] });

export const loginSchema = z
  .strictObject({
    email: wellFormed.max(1_000).meta({ examples: ['ada@example.org'] }),
    password: givenPassword,
    session: z
      .enum(['token', 'cookie'])
      .default('token')
      .meta({ description: 'cookie: the refresh token goes into an HttpOnly cookie instead of the body' }),
  })
  .meta({ id: 'Login' });
export type Login = z.output<typeof loginSchema>;

/** Without `refreshToken` the cookie is used. */
export const refreshSchema = z
  .strictObject({
    refreshToken: z
      .string()
      .max(200)
      .optional()
      .meta({ examples: ['0Zc…'] }),
  })
  .nullish()
  .transform((body) => body ?? {})
  .meta({ id: 'Refresh' });
export type Refresh = z.output<typeof refreshSchema>;

export const tokensSchema = z
  .object({
    accessToken: z.string().meta({ examples: ['eyJhbGciOiJIUzI1NiIs…'] }),
    tokenType: z.literal('Bearer'),
    expiresIn: z.int().meta({ description: 'Seconds the access token holds', examples: [600] }),
    refreshToken: z
      .string()
      .optional()
      .meta({ description: 'Good for one refresh within 30 days; not in cookie mode', examples: ['0Zc…'] }),
  })
  .meta({ id: 'Tokens' });
export type Tokens = z.output<typeof tokensSchema>;
