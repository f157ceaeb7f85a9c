/** Why generation would cost the host weight now: outside `Inference` its nodes are being measured. */
export async function throughputRefusal(networkNode: string): Promise<string | null> {
  const { readEpochs } = await import('./epochs.js');
  const { phase, isConfirmationPocActive } = await readEpochs(networkNode);
  if (phase !== 'Inference')
    return `the network is in phase ${phase}, not Inference: a node's weight is being measured`;
  return isConfirmationPocActive ? "confirmation PoC is active: a node's weight is being measured" : null;
}
