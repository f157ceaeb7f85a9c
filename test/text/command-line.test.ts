import { describe, expect, it } from 'vitest';
import { commands } from '../../src/commands/index.js';
import { COMMAND_WORDS, isCommand, labelledCommand } from '../../src/text/command-line.js';

describe('a command line', () => {
  it('begins with a word of the table of commands, or with help', () => {
    const words = new Set(commands.map(({ name }) => name.split(' ')[0]));
    expect([...COMMAND_WORDS]).toEqual([...words, 'help'].sort());
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
