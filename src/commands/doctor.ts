import { findNodeUrl, nodeOption } from '../chain/node-url.js';
import { UsageError } from '../errors.js';
import { parseBaseUrl } from '../http/url.js';
import { findAdminUrl } from '../network/admin-client.js';
import type { Known } from '../network/checks/check.js';
import { known } from '../network/known.js';
import { parseReach } from '../network/reach.js';
import { jsonText } from '../text/json.js';
import { type Context, defineCommand } from './command.js';
import { reachOption, textFlag, textsFlag } from './flags.js';
import { addressToShow } from './own-address.js';
import { keyOptions } from './tx/options.js';

/** Default name of `inferenced`, as for every command that signs. */
const DEFAULT_INFERENCED = 'inferenced';

export const command = defineCommand({
  description:
    'Checks in ten seconds that everything given is ready. It changes nothing. Exit 0 in order, 1 something is missing, 3 not enough time before PoC.',
  options: {
    'mlnode-url': textsFlag('an ML node: http://HOST:POC_PORT[/VERSION][POC_SEGMENT]; repeatable'),
    node: nodeOption,
    'admin-url': textFlag('admin API of your network node (env ADMIN_API_URL)'),
    model: textFlag('the model that you serve, or want to serve'),
    ...keyOptions,
    file: textFlag('a host file: gives node, admin API, model, address and ML nodes'),
    reach: reachOption,
    json: { type: 'boolean', description: 'print JSON' },
  },
  settings: ['mlnode-url', 'node', 'model', 'reach'],
  examples: [
    ['assay doctor --mlnode-url http://127.0.0.1:8080 --model moonshotai/Kimi-K2.6', 'one ML node'],
    ['assay doctor --file host.yaml', 'everything in the host file'],
    [
      'assay doctor --admin-url http://localhost:9200 --node https://node3.gonka.ai',
      'every node that your network node lists',
    ],
  ],
  async run(args, { terminal, signal }) {
    const [{ gatherDoctorFacts }, { examine }, { examinationText }] = await Promise.all([
      import('../doctor/gather.js'),
      import('../doctor/examine.js'),
      import('../doctor/text.js'),
    ]);
    const ofFile = args.file === undefined ? undefined : await requestOfFile(args.file);
    const nodeUrl = findNodeUrl(args.node ?? ofFile?.nodeUrl);
    const adminUrl = findAdminUrl(args['admin-url'] ?? ofFile?.adminUrl);
    const mlNodes = (args['mlnode-url'] ?? []).map((text) => {
      const url = parseBaseUrl(text, '--mlnode-url');
      return { name: url, url };
    });
    const address = (await addressOf(args, { terminal, signal })) ?? ofFile?.address;
    if (mlNodes.length === 0 && nodeUrl === undefined && adminUrl === undefined && args.model === undefined) {
      throw new UsageError('there is nothing to check', {
        advice: 'give --mlnode-url, --node, --admin-url, --model or --file',
      });
    }
    const isNamed = args.inferenced !== undefined && args.inferenced !== DEFAULT_INFERENCED;
    const facts = await gatherDoctorFacts({
      model: args.model ?? ofFile?.model,
      mlNodes,
      nodeUrl,
      adminUrl,
      address,
      reach: { ...ofFile?.reach, ...parseReach(args.reach) },
      // Looked for only if this machine signs: a host file, a key or a path says so.
      inferenced: isNamed
        ? args.inferenced
        : (ofFile?.inferenced ?? (args.from === undefined ? undefined : DEFAULT_INFERENCED)),
      load: ofFile?.load,
      folder: process.cwd(),
      columns: process.stdout.isTTY ? terminal.width : null,
      signal,
    });
    const examination = examine(facts);
    if (args.json)
      terminal.out(jsonText({ findings: examination.findings, exit_code: examination.exitCode }));
    else terminal.out(examinationText(examination, terminal.colors, facts.machine.columns));
    return examination.exitCode;
  },
});

/** A keyring that does not open must not stop the other checks. */
async function addressOf(
  args: Parameters<typeof addressToShow>[0],
  { terminal, signal }: Pick<Context, 'terminal' | 'signal'>,
): Promise<Known<string> | undefined> {
  if (args.from === undefined || args.address !== undefined) {
    const address = await addressToShow(args, terminal, signal);
    return address === undefined ? undefined : { value: address };
  }
  return await known(async () => (await addressToShow(args, terminal, signal)) as string);
}

async function requestOfFile(path: string) {
  const { doctorRequestOf, entriesOf } = await import('../lifecycle/examine-host.js');
  const { readHostFile } = await import('../lifecycle/host-file.js');
  return doctorRequestOf(await readHostFile(path), await entriesOf(path));
}
