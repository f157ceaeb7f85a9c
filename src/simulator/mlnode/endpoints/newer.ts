import { ApiError } from '../api-error.js';
import type { MlNode } from '../node.js';
import type { Endpoint } from './endpoint.js';

/** Calls that only newer nodes have. */
export const newerEndpoints: Endpoint[] = [
  {
    method: 'GET',
    path: '/versions',
    run(node) {
      const { version, vllm } = newerOf(node);
      return { body: { version, vllm_version: vllm, poc_validation_inference: true } };
    },
  },
  {
    method: 'GET',
    path: '/metrics',
    run(node) {
      const { version, xid = [] } = newerOf(node);
      const { running } = node.inference;
      const size = (flag: string) => running?.args[running.args.indexOf(flag) + 1] ?? '1';
      const tensor = running?.args.includes('--tensor-parallel-size') ? size('--tensor-parallel-size') : '1';
      const lines = [
        '# TYPE mlnode_version_info gauge',
        `mlnode_version_info{version="${version}"} 1`,
        ...(running === undefined
          ? []
          : [
              `mlnode_config_info{model_name="${running.model}",dtype="auto",replicas="${node.replicas.length}",max_num_seqs="128",tensor_parallel_size="${tensor}",pipeline_parallel_size="1"} 1`,
            ]),
        ...xid.map(({ gpu, code }) => `mlnode_gpu_xid_events_total{gpu="${gpu}",xid="${code}"} 1`),
      ];
      return { body: `${lines.join('\n')}\n` };
    },
  },
];

function newerOf(node: MlNode) {
  const { newer } = node.settings;
  if (newer === undefined) throw new ApiError(404, 'Not Found');
  return newer;
}
