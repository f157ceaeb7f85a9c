import { once } from 'node:events';
import { counted } from '../../text/figures.js';
import { defineCommand } from '../command.js';
import { numberFlag, PORT_RANGE } from '../flags.js';

export const command = defineCommand({
  usage: '<dir>',
  description:
    'Serves the pages of all runs below a folder on this machine alone, to be read only: the history, each fleet and each run, linked with each other. A signal ends it, with exit 0.',
  positionals: {
    dir: { type: 'string', demandOption: true, description: 'a folder that holds runs, fleets or a watch' },
  },
  options: {
    port: numberFlag('port', 'to listen on (default: a free one)', {
      ...PORT_RANGE,
      default: 0,
    }),
    open: { type: 'boolean', description: "show it in the system's browser" },
  },
  examples: [
    ['assay report serve runs --open', 'every run of this folder in a browser'],
    ['assay report serve watch --port 8765', 'then http://127.0.0.1:8765/'],
  ],
  async run({ dir, port, open }, { terminal, signal }) {
    const [{ servePages }, { rootOf, treeOf }, { siteOf }] = await Promise.all([
      import('../../page/page-server.js'),
      import('./tree.js'),
      import('./site.js'),
    ]);
    const root = await rootOf(dir);
    const { runs, fleets } = await treeOf(root);
    const server = await servePages(siteOf(root), port);
    terminal.say(
      `${counted(runs.length, 'run')} and ${counted(fleets.length, 'fleet')} at ${server.url}, until Ctrl-C`,
    );
    if (open === true) await (await import('./open.js')).openInBrowser(server.url, terminal.say);
    if (!signal.aborted) await once(signal, 'abort');
    await server.close();
    return 0;
  },
});
