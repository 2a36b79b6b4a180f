/**
 * What AWS asks in us-east-1, in US dollars, first tier, as read in November 2026 on aws.amazon.com/lambda/pricing and
 * aws.amazon.com/api-gateway/pricing. Elsewhere and later it differs: this is the only file to change.
 */
export const prices = {
  region: 'us-east-1',
  readOn: '2026-11',
  lambda: {
    requestUsd: 0.2e-6,
    /** 1024 MB for a second, in steps of 1 ms. */
    gbSecondUsd: { arm64: 13.3334e-6, x86_64: 16.6667e-6 },
    /** Each month, for good. */
    free: { requests: 1_000_000, gbSeconds: 400_000 },
  },
  /** A request through what stands before the function. `blockBytes`: each begun block of the payload counts as a request. */
  frontDoor: {
    'http-api': { requestUsd: 1e-6, blockBytes: 512 * 1024 },
    'rest-api': { requestUsd: 3.5e-6, blockBytes: Number.POSITIVE_INFINITY },
    'function-url': { requestUsd: 0, blockBytes: Number.POSITIVE_INFINITY },
    /** Asked by the hour and by capacity, not by the request: nothing here. */
    alb: { requestUsd: 0, blockBytes: Number.POSITIVE_INFINITY },
  },
} as const;
