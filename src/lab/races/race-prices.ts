/** What a million requests cost as they were measured, by the two ways of billing that make a difference to styles. */
import { keptBusy } from '../../cost/kept-busy.js';
import { MEMORY_MB, perMillionUsd } from '../../cost/per-million.js';

export const pricedAt = `A million requests a month, no free tier, ${MEMORY_MB} MB: one request an instance on AWS Lambda (arm64, Function URL), shared on Google Cloud Run (1 vCPU, kept busy)`;

/** @param durationMs of a request by itself */
export const oneRequestInstanceUsd = (durationMs: number): number =>
  perMillionUsd('oneRequest', { durationMs });

/** @param cpuMs of each: an instance has one core, however many the measuring machine had */
export const sharedInstanceUsd = (instanceMs: number, cpuMs: number): number =>
  perMillionUsd('shared', { ...keptBusy(instanceMs), cpuMs });
