/** Half a cent that floating point holds as a little less is still half a cent. */
const TOLERANCE = 1e-12;

/** Dollars to the cent, as people write them: `$1,234.57`. */
export const usd = (amount: number): string =>
  `$${(amount * (1 + TOLERANCE)).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
