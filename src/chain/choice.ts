import validateDelegation from '../schemas/generated/chain-delegation.js';
import { type ReadOptions, readNode } from './read.js';

/** The choice that the chain stores for an address and a model: at most one of the three. */
export type Choice =
  | { kind: 'intent' }
  | { kind: 'refusal' }
  | { kind: 'delegation'; delegateTo: string }
  | { kind: 'none' };

interface WireDelegation {
  delegations?: { model_id: string; delegate_to: string }[] | null;
  refusals?: { model_id: string }[] | null;
  intents?: { model_id: string }[] | null;
}

/** Reads what an address has stored for a model. */
export async function readChoice(
  nodeUrl: string,
  address: string,
  model: string,
  options?: ReadOptions,
): Promise<Choice> {
  const query = new URLSearchParams({ model_id: model });
  const wire = await readNode<WireDelegation>(
    nodeUrl,
    `${pathOf(address)}?${query}`,
    validateDelegation,
    options,
  );
  return choiceFor(wire, model);
}

/** Reads what an address has stored for each of the models, in one request. */
export async function readChoices(
  nodeUrl: string,
  address: string,
  models: string[],
  options?: ReadOptions,
): Promise<Map<string, Choice>> {
  const wire = await readNode<WireDelegation>(nodeUrl, pathOf(address), validateDelegation, options);
  return new Map(models.map((model) => [model, choiceFor(wire, model)]));
}

/** Whether the chain treats two choices alike. */
export function sameChoice(a: Choice, b: Choice): boolean {
  if (a.kind === 'delegation' && b.kind === 'delegation') return a.delegateTo === b.delegateTo;
  return a.kind === b.kind;
}

/** A choice in words for people. */
export function choiceText(choice: Choice): string {
  if (choice.kind === 'delegation') return `delegation to ${choice.delegateTo}`;
  return choice.kind === 'none' ? 'nothing' : choice.kind;
}

function pathOf(address: string): string {
  return `/chain-api/productscience/inference/inference/poc_delegation/${encodeURIComponent(address)}`;
}

function choiceFor({ intents, delegations, refusals }: WireDelegation, model: string): Choice {
  const isOurs = (entry: { model_id: string }) => entry.model_id === model;
  if (intents?.some(isOurs)) return { kind: 'intent' };
  const delegation = delegations?.find(isOurs);
  if (delegation !== undefined) return { kind: 'delegation', delegateTo: delegation.delegate_to };
  return { kind: refusals?.some(isOurs) ? 'refusal' : 'none' };
}
