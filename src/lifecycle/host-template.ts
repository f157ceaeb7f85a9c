import { stringify } from 'yaml';

/** What differs from host to host. */
export interface Answers {
  address: string;
  key: string;
  node: string;
  adminUrl: string;
  model: string;
  nodeId: string;
  nodeHost: string;
  gpu: string;
  presentModel: string;
}

export const EXAMPLE: Answers = {
  address: 'gonka1…',
  key: 'cold-key',
  node: 'https://node3.gonka.ai',
  adminUrl: 'http://localhost:9200',
  model: 'moonshotai/Kimi-K2.6',
  nodeId: 'node1',
  nodeHost: '10.0.0.21',
  gpu: 'B200',
  presentModel: 'Qwen/Qwen3-235B-A22B-Instruct-2507-FP8',
};

const SCHEMA = 'https://mlnode-assay.dev/schemas/host.schema.json';

/** A host file with a word on every field. Where YAML would read an answer otherwise, it is quoted. */
export function hostTemplate(answers: Answers): string {
  const text = (value: string) => stringify(value).trimEnd();
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
# passphrase_file: passphrase

# Your ML nodes, with the ids that the network node knows.
ml_nodes:
  - id: ${text(answers.nodeId)}
    host: ${text(answers.nodeHost)}
    gpu: ${text(answers.gpu)}
    inference_port: 5050
    poc_port: 8080
    present_model: ${text(answers.presentModel)}
`;
}
