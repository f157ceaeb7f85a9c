import { accept } from '../schemas/accept.js';
import validateHardware from '../schemas/generated/poc-hardware.js';
import { readYaml } from '../schemas/read-yaml.js';
import type { HardwareOfHosts } from './causes.js';

/**
 * Reads which GPU class each host runs: a map of addresses to classes, in YAML or JSON.
 *
 * @throws AssayError naming the file
 */
export async function readHardware(path: string): Promise<HardwareOfHosts> {
  const subject = `hardware file ${path}`;
  const wire = await readYaml(path, subject, 'write it as lines like gonka1…: H100');
  return new Map(Object.entries(accept<Record<string, string>>(validateHardware, wire, subject)));
}
