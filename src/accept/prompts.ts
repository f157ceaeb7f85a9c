/** What a model is asked: its words stay, whatever the user's language is. */
export const FIXED_PROMPT =
  'Name the seven days of the week in order, separated by commas, and nothing else.';
export const LONG_TALK = 'Count from one to five hundred in words.';
export const TOOL_PROMPT = 'What is the weather in Paris? Use the tool.';
export const QUESTION =
  'A train leaves at 9:40 and arrives at 11:05. How many minutes does it take? Think first.';

export const TOOL_NAME = 'get_weather';
export const TOOL = {
  type: 'function',
  function: {
    name: TOOL_NAME,
    description: 'Tells the weather of a city.',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};
