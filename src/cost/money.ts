/** A millionth of a millionth of a dollar: a request of a millisecond in the smallest function costs 1,667 of them. */
const DECIMALS = 12;
/** Of the 15 that floating point is sure of some are lost to each product and sum. */
const DIGITS = 13;

/** Dollars without what only floating point has put behind them: 0.6000019999999999 is 0.600002. */
export const money = (usd: number): number => unitPrice(Number(usd.toFixed(DECIMALS)));

/** The same of one unit, which may cost far less. */
export const unitPrice = (usd: number): number => Number(usd.toPrecision(DIGITS)) + 0;
