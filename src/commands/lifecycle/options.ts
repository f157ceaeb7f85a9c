/** The host file, the same in every command of a lifecycle. */
export const fileOption = {
  file: {
    type: 'string',
    default: 'host.yaml',
    requiresArg: true,
    description: 'the host file',
  },
} as const;
