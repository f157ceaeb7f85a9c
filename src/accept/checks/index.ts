import type { ImageCheck } from '../check.js';
import { batchesCheck } from './batches.js';
import { crossDeviceCheck } from './cross-device.js';
import { cycleCheck } from './cycle.js';
import { cycleWithChatsCheck } from './cycle-with-chats.js';
import { earlyShareCheck } from './early-share.js';
import { errorsCheck } from './errors.js';
import { longPromptCheck } from './long-prompt.js';
import { queueCheck } from './queue.js';
import { repeatableCheck } from './repeatable.js';
import { restartCheck } from './restart.js';
import { selfValidationCheck } from './self-validation.js';
import { startCheck } from './start.js';
import { steadyCheck } from './steady.js';
import { toolsCheck } from './tools.js';

/** Every check, in the order in which they run. */
export const checks: readonly ImageCheck[] = [
  startCheck,
  selfValidationCheck,
  repeatableCheck,
  batchesCheck,
  cycleCheck,
  errorsCheck,
  queueCheck,
  restartCheck,
  earlyShareCheck,
  steadyCheck,
  crossDeviceCheck,
  cycleWithChatsCheck,
  longPromptCheck,
  toolsCheck,
];
