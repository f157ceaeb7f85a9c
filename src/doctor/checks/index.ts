import type { DoctorCheck } from '../check.js';
import { addresses } from './addresses.js';
import { admin } from './admin.js';
import { approved } from './approved.js';
import { batchedTokens } from './batched-tokens.js';
import { clock } from './clock.js';
import { gpus } from './gpus.js';
import { inferenced } from './inferenced.js';
import { machine } from './machine.js';
import { model } from './model.js';
import { networkNode } from './network-node.js';
import { participant } from './participant.js';
import { reachable } from './reachable.js';
import { reference } from './reference.js';
import { replicas } from './replicas.js';
import { time } from './time.js';
import { versions } from './versions.js';
import { weights } from './weights.js';

/** In the order of the output. */
export const checks: DoctorCheck[] = [
  ...[reachable, model, replicas, gpus, versions, weights, batchedTokens, reference],
  ...[admin, networkNode, approved, time, clock, participant],
  ...[addresses, inferenced, machine],
];
