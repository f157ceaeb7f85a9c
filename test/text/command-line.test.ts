import { describe, expect, it } from 'vitest';
import { commands } from '../../src/commands/index.js';
import { COMMAND_NAMES, isCommand, isCommandName, labelledCommand } from '../../src/text/command-line.js';

describe('a command line', () => {
  it('begins with a name of the table of commands', () => {
    expect([...COMMAND_NAMES]).toEqual(commands.map(({ name }) => name).sort());
    expect(isCommandName('node config', 'print')).toBe(true);
    expect(isCommandName('node', 'http://a')).toBe(false);
    expect(isCommandName('node', '节点')).toBe(true);
  });

  it('is no sentence about assay', () => {
    expect(isCommand('assay node list')).toBe(true);
    expect(isCommand('$ assay help')).toBe(true);
    expect(isCommand('assay stops and changes nothing.')).toBe(false);
    expect(isCommand('assay nodes are not known')).toBe(false);
    expect(isCommand('inferenced gave no address')).toBe(false);
  });

  it('ends behind its label at a semicolon that is not quoted', () => {
    expect(labelledCommand('next: assay judge "a; b"; then look')).toEqual({
      label: 'next',
      command: 'assay judge "a; b"',
      rest: '; then look',
    });
    expect(labelledCommand('next: look at it')).toBeUndefined();
  });
});
