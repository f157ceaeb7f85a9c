// Holds the code to the order of src/floors.json: a room (a folder of src/, or a file that stands there by itself)
// imports only rooms of lower floors, and of its own floor those that are named before it. Types count.
import { readFileSync } from 'node:fs';

const rooms = JSON.parse(readFileSync(new URL('src/floors.json', import.meta.url), 'utf8')).flat();
const pathOf = (names) => `^src/(${names.join('|')})(/|\\.tsx?$)`;

export default {
  forbidden: [
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'every-room-has-a-floor',
      severity: 'error',
      from: {},
      to: { path: '^src/', pathNot: pathOf(rooms) },
    },
    ...rooms.slice(0, -1).map((room, index) => ({
      name: `${room}-knows-only-rooms-below`,
      severity: 'error',
      from: { path: pathOf([room]) },
      to: { path: pathOf(rooms.slice(index + 1)) },
    })),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^src/schemas/generated/' },
    includeOnly: '^src/',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js', '.json'] },
  },
};
