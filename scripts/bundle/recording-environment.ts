/** The function's settings while it is recorded. */
export const recordingEnvironment = (url: string) => ({
  NODE_ENV: 'production',
  AWS_LAMBDA_FUNCTION_NAME: 'farebox',
  DATABASE_URL: url,
  DATABASE_POOL_MAX: '1',
  SECRETS: 'recorded with and never deployed: 0123456789',
  SIGNUP: 'open',
  // Log lines are written at each start as well.
  LOG_LEVEL: 'info',
});
