/** What tells an operator of an overload, and a balancer whether to send more: answered while all else is refused. */
export const isNeverShed = (route: string): boolean => route === '/metrics' || route.startsWith('/health/');
