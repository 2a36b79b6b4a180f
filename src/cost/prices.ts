/**
 * What the platforms ask, in US dollars without tax, and where each figure comes from. Elsewhere and later it differs: this
 * is the only file to change. `basis` says how well a figure is known: none was read on a bill.
 */
interface Source {
  url: string;
  /** Year and month in which somebody read it there, or `not read`. */
  readOn: string;
  basis: string;
}

/** Up to this quantity in a month each unit costs so much; what is above it falls into the next tier. */
export type Tier = readonly [untilQuantity: number, unitUsd: number];

const READ_ON = '2026-11';
const NOT_READ = 'not read';
const NOTED = 'the price as this project noted it from the page';
const ENDLESS = Number.POSITIVE_INFINITY;

const lambdaPage = 'https://aws.amazon.com/lambda/pricing/';
const gatewayPaper =
  'https://docs.aws.amazon.com/whitepapers/latest/best-practices-api-gateway-private-apis-integration/cost-optimization.html';
const ec2List = 'https://www.factualminds.com/blog/amazon-ec2-on-demand-pricing-instance-families-2026/';

const source = (url: string, basis: string, readOn = READ_ON): Source => ({ url, readOn, basis });

export const prices = {
  /** Of AWS. Cloud Run is priced in its cheapest regions (tier 1); Leapcell names none. */
  region: 'us-east-1',
  readOn: READ_ON,
  lambda: {
    requestUsd: 0.2e-6,
    /** 1024 MB for a second, in steps of 1 ms, INIT included since August 2025. */
    gbSecondTiers: {
      arm64: [
        [7.5e9, 13.3334e-6],
        [18.75e9, 12.0001e-6],
        [ENDLESS, 10.6667e-6],
      ],
      x86_64: [
        [6e9, 16.6667e-6],
        [15e9, 15e-6],
        [ENDLESS, 13.3334e-6],
      ],
    } satisfies Record<string, readonly Tier[]>,
    /** Each month, for good, on demand only. */
    free: { requests: 1_000_000, gbSeconds: 400_000 },
    maxDurationMs: 900_000,
    /** A buffered answer: 6 MiB. */
    maxPayloadBytes: 6 * 1024 ** 2,
    source: source(
      lambdaPage,
      `${NOTED}; the tiers above the first as https://cloudchipr.com/blog/aws-lambda-pricing copies them, the last of arm64 from memory`,
    ),
    initSource: source(
      'https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/',
      'the announcement of April 2025, as several news sites repeat it',
    ),
  },
  /** A request through what stands before the function. `blockBytes`: each begun block of the payload counts as a request. */
  frontDoor: {
    'http-api': {
      requestTiers: [
        [300e6, 1e-6],
        [ENDLESS, 0.9e-6],
      ],
      blockBytes: 512 * 1024,
      maxDurationMs: 30_000,
      source: source(gatewayPaper, `${NOTED}; the paper says the same, with the tiers and the 512 KB`),
    },
    'rest-api': {
      requestTiers: [
        [333e6, 3.5e-6],
        [1_000e6, 2.8e-6],
        [20_000e6, 2.38e-6],
        [ENDLESS, 1.51e-6],
      ],
      blockBytes: ENDLESS,
      maxDurationMs: 29_000,
      source: source(gatewayPaper, `${NOTED}; the paper says the same, with the tiers`),
    },
    'function-url': {
      requestTiers: [[ENDLESS, 0]],
      blockBytes: ENDLESS,
      maxDurationMs: 900_000,
      source: source(lambdaPage, NOTED),
    },
    /** Asked by the hour and by capacity, not by the request: nothing here. */
    alb: {
      requestTiers: [[ENDLESS, 0]],
      blockBytes: ENDLESS,
      maxDurationMs: 900_000,
      source: source('https://aws.amazon.com/elasticloadbalancing/pricing/', 'from memory', NOT_READ),
    },
  } satisfies Record<
    string,
    { requestTiers: readonly Tier[]; blockBytes: number; maxDurationMs: number; source: Source }
  >,
  /** Environments kept ready, on arm64. What runs in them has a price of its own; the free tier does not count here. */
  provisioned: {
    readyGbSecondUsd: 3.3334e-6,
    gbSecondUsd: 7.7778e-6,
    source: source(
      lambdaPage,
      'as several public price tables copy it from the page; not in the project’s notes',
    ),
  },
  /** Lambda functions on EC2 instances that AWS manages; many requests share one. */
  managedInstances: {
    instance: 'm7g.large',
    instanceHourUsd: 0.0816,
    /** AWS’s fee for managing it, as a part of the instance’s price. */
    feePart: 0.15,
    requestUsd: 0.2e-6,
    memoryMb: 8 * 1024,
    cores: 2,
    /** One in each of three availability zones, whatever the load. */
    leastInstances: 3,
    source: source(lambdaPage, `${NOTED}: EC2 x 1.15 and $0.20 per million`),
    instanceSource: source(ec2List, 'a price list of June 2026 by a third party'),
    leastSource: source(
      'https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances.html',
      'three instances at least: from memory',
      NOT_READ,
    ),
  },
  sqs: {
    requestTiers: [
      [100e9, 0.4e-6],
      [200e9, 0.3e-6],
      [ENDLESS, 0.24e-6],
    ] satisfies readonly Tier[],
    /** Each begun block of a message counts as a request. */
    blockBytes: 64 * 1024,
    maxPayloadBytes: 1024 ** 2,
    free: { requests: 1_000_000 },
    source: source(
      'https://aws.amazon.com/sqs/pricing/',
      `${NOTED}; tiers and free tier as https://cloudburn.io/blog/amazon-sqs-pricing (March 2026) copies them; the largest message from memory`,
    ),
  },
  /** Billed by requests (CPU only while an instance serves at least one), regions of tier 1. */
  cloudRun: {
    vcpuSecondUsd: 24e-6,
    gibSecondUsd: 2.5e-6,
    requestUsd: 0.4e-6,
    stepMs: 100,
    /** Each month and billing account. */
    free: { vcpuSeconds: 180_000, gibSeconds: 360_000, requests: 2_000_000 },
    /** The memory that an instance of so many vCPU may have. */
    vcpus: [
      { vcpus: 1, maxMemoryMb: 4 * 1024 },
      { vcpus: 2, maxMemoryMb: 8 * 1024 },
      { vcpus: 4, maxMemoryMb: 16 * 1024 },
    ],
    maxDurationMs: 3_600_000,
    maxPayloadBytes: 32 * 1024 ** 2,
    source: source(
      'https://cloud.google.com/run/pricing',
      `${NOTED}; a copy of the page has the same rates, the steps, the sharing and the free tier`,
    ),
    sizeSource: source(
      'https://docs.cloud.google.com/run/docs/configuring/instances/cpu',
      'memory by vCPU from the page; the largest answer, and that starting is billed, from memory',
    ),
  },
  /** One rented machine, day and night. */
  fixedServer: {
    instance: 't4g.small',
    hourUsd: 0.0168,
    memoryMb: 2 * 1024,
    /** 20 % of each of 2: more for long is charged extra. */
    sustainedCores: 0.4,
    source: source(
      'https://aws.amazon.com/ec2/pricing/on-demand/',
      'as many public price tables copy it from the page; not in the project’s notes',
    ),
    coresSource: source(
      'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-credits-baseline-concepts.html',
      'from memory',
      NOT_READ,
    ),
  },
  /** Its advertisement is all that is known: so many requests of so many milliseconds. No memory size is named. */
  leapcell: {
    paidUsd: 25,
    forRequests: 6_940_000,
    ofMs: 60,
    maxDurationMs: 900_000,
    maxPayloadBytes: 5_000_000,
    source: source(
      'https://leapcell.io/',
      'the sentence “$25 supports 6.94M requests at a 60ms average response time”, as its blog articles print it',
    ),
    limitsSource: source('https://docs.leapcell.io/limit', 'the limits, from the page'),
  },
} as const;
