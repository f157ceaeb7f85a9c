import { stringify } from 'yaml';
import { schemaFile } from '../paths.js';

/** The values that differ between hosts. */
export interface Answers {
  address: string;
  key: string;
  node: string;
  adminUrl: string;
  model: string;
  nodes: NodeAnswers[];
}

/** An ML node of the host. */
export interface NodeAnswers {
  id: string;
  host: string;
  gpu: string;
  inferencePort: number;
  pocPort: number;
  presentModel: string;
}

export const EXAMPLE: Answers = {
  address: 'gonka1…',
  key: 'cold-key',
  node: 'https://node3.gonka.ai',
  adminUrl: 'http://localhost:9200',
  model: 'moonshotai/Kimi-K2.6',
  nodes: [
    {
      id: 'node1',
      host: '10.0.0.21',
      gpu: 'B200',
      inferencePort: 5050,
      pocPort: 8080,
      presentModel: 'Qwen/Qwen3-235B-A22B-Instruct-2507-FP8',
    },
  ],
};

/** The schema's path in this installation: an editor finds it without a network. */
const SCHEMA = schemaFile('host');

/** A host file with a comment on each field. An answer that YAML would read as another type is quoted. */
export function hostTemplate(answers: Answers): string {
  return `# yaml-language-server: $schema=${SCHEMA}
# What this host wants of the bootstrap of one model. Look at it with \`assay lifecycle plan\`.

# Your host's account, and the name of the (cold) key that signs for it.
address: ${text(answers.address)}
key: ${text(answers.key)}

# A network node's public API, and the admin API of your own network node, which is for this machine alone.
node: ${text(answers.node)}
admin_url: ${text(answers.adminUrl)}

# The model, and what to do about it: deploy, refuse, or { delegate: gonka1… }.
model: ${text(answers.model)}
choice: deploy

# What to store when the snapshot says no, and when no node passes its validation: stay, refuse, or
# { delegate: gonka1… }. An intent without commits costs as much as doing nothing: \`plan\` shows each cost.
if_not_pre_eligible: stay
on_validation_failure: stay

# The chain forgets intents and refusals with every epoch. To send again in each until the model is eligible
# (or for so many epochs at the most, with \`epochs: 3\`):
# until: eligible

# Time that a load and a validation take together, and how many nodes are switched side by side.
load_time: 30m
at_a_time: 4

# Size of the weights in GB, as their repository tells it: then \`run\` tells from the first download when it will
# be there.
# weights_gb: 600

# Where inferenced is, and a file with the keyring's passphrase (chmod 600). Without it inferenced asks you.
inferenced: inferenced
keyring_backend: file
# keyring_dir: /root/.inference
# passphrase_file: passphrase

# Your ML nodes, with the ids that the network node knows.
ml_nodes:
${answers.nodes.map(nodeText).join('')}`;
}

function nodeText({ id, host, gpu, inferencePort, pocPort, presentModel }: NodeAnswers): string {
  return `  - id: ${text(id)}
    host: ${text(host)}
    gpu: ${text(gpu)}
    inference_port: ${inferencePort}
    poc_port: ${pocPort}
    ${presentModel === '' ? '# present_model:' : `present_model: ${text(presentModel)}`}
`;
}

function text(value: string): string {
  return stringify(value).trimEnd();
}
