import type { ListedNode } from '../../network/admin-client.js';
import { epochModels } from '../../network/epoch-model.js';
import { argValue, flagsOf } from '../../network/serve-args.js';
import { renderTable } from '../../terminal/table.js';
import { jsonText } from '../../text/json.js';
import { defineCommand } from '../command.js';
import { adminOptions, openAdmin } from './network-options.js';

export const command = defineCommand({
  description: 'Lists the ML nodes of your network node with their model and state.',
  options: adminOptions,
  examples: [
    ['assay node list', 'as a table'],
    ['assay node list --json', 'for a program, with all arguments'],
  ],
  async run(args, { terminal, signal }) {
    const listed = await openAdmin(args, signal).list();
    if (args.json) terminal.out(jsonText(listed.map(describe)));
    else if (listed.length === 0) terminal.say('the network node has no ML nodes yet');
    else {
      terminal.out(
        renderTable(
          ['id', 'host', 'ports', 'model', 'arguments', 'status', 'PoC', 'admin', 'version', 'failure'],
          listed.map(row),
          terminal,
          ['version', 'arguments', 'ports', 'host', 'admin', 'PoC'],
        ),
      );
    }
    return 0;
  },
});

function describe(listed: ListedNode) {
  const { node, state } = listed;
  return {
    id: node.id,
    host: node.host,
    inference_port: node.inference_port,
    inference_segment: node.inference_segment ?? '',
    poc_port: node.poc_port,
    poc_segment: node.poc_segment ?? '',
    max_concurrent: node.max_concurrent,
    models: node.models,
    hardware: node.hardware ?? [],
    status: state.current_status ?? null,
    intended_status: state.intended_status ?? null,
    poc_status: state.poc_current_status ?? null,
    poc_intended_status: state.poc_intended_status ?? null,
    admin_state: state.admin_state ?? null,
    failure_reason: state.failure_reason ?? '',
    version: state.ml_node_version ?? null,
    epoch_models: epochModels(listed),
  };
}

function row({ node, state }: ListedNode): string[] {
  const models = Object.entries(node.models);
  return [
    node.id,
    node.host,
    `${node.inference_port}/${node.poc_port}`,
    models.map(([model]) => model).join(', ') || '-',
    models.map(([, { args }]) => shortArgs(args)).join(', '),
    changing(state.current_status, state.intended_status),
    changing(state.poc_current_status, state.poc_intended_status),
    state.admin_state?.enabled === false
      ? `disabled since epoch ${state.admin_state.epoch ?? '?'}`
      : 'enabled',
    state.ml_node_version || '-',
    state.failure_reason || '',
  ];
}

const IN_SHORT: [flag: string, name: string][] = [
  ['--tensor-parallel-size', 'tp'],
  ['--pipeline-parallel-size', 'pp'],
  ['--max-model-len', 'len'],
];

function shortArgs(args: string[]): string {
  const named = IN_SHORT.flatMap(([flag, name]) => {
    const value = argValue(args, flag);
    return value === undefined ? [] : [`${name} ${value}`];
  });
  const more = flagsOf(args).length - named.length;
  return [...named, ...(more > 0 ? [`+${more}`] : [])].join(' ') || 'none';
}

/** A status, and the intended status where it differs. */
function changing(current: string | undefined, intended: string | undefined): string {
  const now = current ?? '-';
  return intended === undefined || intended === current || intended === 'UNKNOWN'
    ? now
    : `${now} → ${intended}`;
}
