/** The function's settings while it is recorded. */
export const recordingEnvironment = (url: string) => ({
  NODE_ENV: 'production',
  AWS_LAMBDA_FUNCTION_NAME: 'farebox',
  DATABASE_URL: url,
  DATABASE_POOL_MAX: '1',
  SECRETS: 'recorded with and never deployed: 0123456789',
  SIGNUP: 'open',
  // Counted as where it is deployed, and never refused.
  RATE_LIMIT_LOGIN: '1000000/60,1000000/60',
  RATE_LIMIT_SIGNUP: '1000000/60',
  RATE_LIMIT_REFRESH: '1000000/60',
  RATE_LIMIT_PASSWORD: '1000000/60',
  RATE_LIMIT_API: '1000000/60',
  RATE_LIMIT_ANONYMOUS: '1000000/60',
  // Log lines are written at each start as well.
  LOG_LEVEL: 'info',
});
