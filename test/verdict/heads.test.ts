import { describe, expect, it } from 'vitest';
import type { Observation } from '../../src/run/observation.js';
import { findHeads } from '../../src/verdict/heads.js';
import { gammaDistance, seededRandom } from '../support/measurements.js';

const random = seededRandom(21);
const GATE = 0.75;
/** Honest and wrong distances of MiniMax-M2.7, the model where they lie nearest to each other. */
const honest = () => gammaDistance(0.32, 0.16, random);
const wrong = () => gammaDistance(0.95, 0.3, random);
const isHead = (place: number, period: number, heads: number) => place % period < heads;

interface Plan {
  n?: number;
  nonceOf?: (place: number) => number;
  replicaOf?: (place: number) => number | null;
  batch?: number;
  leftOut?: (place: number) => boolean;
}

function observations(isBad: (place: number) => boolean, plan: Plan = {}): Observation[] {
  const {
    n = 200,
    nonceOf = (place) => place,
    replicaOf = () => null,
    batch = 32,
    leftOut = () => false,
  } = plan;
  return Array.from({ length: n }, (_, place) => {
    const missing = leftOut(place);
    return {
      nonce: nonceOf(place),
      vector_b64: null,
      l2: missing ? null : isBad(place) ? wrong() : honest(),
      cosine_distance: null,
      mismatch: missing,
      why: missing ? ('missing' as const) : null,
      replica: replicaOf(place),
      request: null,
      batch: Math.floor(place / batch),
      latency_s: 0,
    };
  });
}

function find(own: Observation[], limit: number | null = null) {
  const nonces = [...new Set(own.map(({ nonce }) => nonce))];
  const found = findHeads(own, nonces, GATE, limit);
  return found === null ? null : [found.period, found.heads, found.replicas];
}

describe('heads of batches', () => {
  it.each([
    [200, 8, 1],
    [200, 8, 4],
    [200, 16, 2],
    [200, 16, 5],
    [200, 32, 8],
    [200, 64, 16],
    [1000, 16, 1],
    [1000, 32, 1],
    [1000, 128, 8],
    [1000, 24, 3],
  ])('are found with their period and number: of %i nonces, period %i, heads %i', (n, period, heads) => {
    expect(find(observations((place) => isHead(place, period, heads), { n }))).toEqual([period, heads, null]);
  });

  it('are found among vectors that did not come, and where some are wrong and some left out', () => {
    const none = () => false;
    expect(find(observations(none, { leftOut: (place) => isHead(place, 16, 1) }))).toEqual([16, 1, null]);
    const mixed = observations((place) => isHead(place, 16, 2), { leftOut: (place) => isHead(place, 32, 1) });
    expect(find(mixed)).toEqual([16, 2, null]);
  });

  it('are found where the limit of the model is more than twice the threshold', () => {
    const own = observations(() => false, { leftOut: (place) => isHead(place, 16, 2) });
    expect(find(own, 2.1 * GATE)).toEqual([16, 2, null]);
  });

  it('are those of one replica whose batches lie between those of others', () => {
    const replicaOf = (place: number) => 5001 + (Math.floor(place / 32) % 2);
    const own = observations((place) => replicaOf(place) === 5002 && isHead(place, 16, 2), {
      n: 1000,
      replicaOf,
    });
    expect(find(own)).toEqual([16, 2, [5002]]);
  });

  it("are no one replica's where the others show them, too, with too few vectors to prove it", () => {
    const replicaOf = (place: number) => 5001 + (Math.floor(place / 32) % 2);
    const runs = Array.from({ length: 100 }, () =>
      find(observations((place) => isHead(place, 32, 1), { replicaOf })),
    );
    expect(runs.filter((found) => found?.[0] === 32).length).toBeGreaterThan(80);
    // Each replica has three or four such vectors: a lucky one is named at most now and then.
    expect(runs.filter((found) => found != null && found[2] !== null).length).toBeLessThanOrEqual(3);
  });

  it('are counted within requests whose length is no multiple of the batch of the engine', () => {
    const own = observations((place) => isHead(place % 24, 16, 2), { n: 480, batch: 24 });
    expect(find(own)).toEqual([16, 2, null]);
  });

  it('are counted in the order of the reference, whatever its nonces are called', () => {
    const nonceOf = (place: number) => 7000 + 3 * ((place * 37) % 200);
    expect(find(observations((place) => isHead(place, 16, 5), { nonceOf }))).toEqual([16, 5, null]);
  });

  it('are counted by nonce where the reference leaves some out, the first of them included', () => {
    const own = observations((nonce) => isHead(nonce, 24, 3)).filter(({ nonce }) => nonce % 16 !== 0);
    expect(find(own)).toEqual([24, 3, null]);
  });

  it.each([16, 24, 64])(
    'are counted by nonce where the list begins in the middle of a batch of %i',
    (period) => {
      const nonceOf = (place: number) => place + 37;
      const isBad = (place: number) => isHead(nonceOf(place), period, period / 4);
      expect(find(observations(isBad, { nonceOf }))).toEqual([period, period / 4, null]);
    },
  );

  it.each([
    ['reversed', (place: number) => 199 - place],
    ['mixed', (place: number) => (place * 77) % 200],
    ['mixed, one of five', (place: number) => 5 * ((place * 77) % 200)],
  ])('are counted by nonce where the list is %s', (_, nonceOf) => {
    const isBad = (place: number) => isHead(nonceOf(place), 16, 5);
    expect(find(observations(isBad, { nonceOf }))?.slice(0, 1)).toEqual([16]);
  });

  it('are of the usual period where the reference left out the first nonces of every batch', () => {
    // 30 of every 32 nonces: the first 6 of 30 in order are the first 8 of 32 by nonce.
    const nonceOf = (place: number) => Math.floor(place / 30) * 32 + (place % 30) + 2;
    const isBad = (place: number) => isHead(nonceOf(place), 32, 8);
    expect(find(observations(isBad, { nonceOf, n: 210 }))).toEqual([32, 8, null]);
  });

  it('count each nonce once that several replicas answered', () => {
    const one = observations((place) => isHead(place, 16, 5), { replicaOf: () => 5001 });
    const all = one.flatMap((own) => [own, { ...own, replica: 5002 }, { ...own, replica: 5003 }]);
    expect(find(all)?.slice(0, 2)).toEqual([16, 5]);
    const clean = observations(() => false, { replicaOf: () => 5001 });
    expect(find(clean.flatMap((own) => [own, { ...own, replica: 5002 }]))).toBeNull();
  });

  it('are not what a bad replica is, nor a bad batch, nor a third of all without order', () => {
    const replicaOf = (place: number) => 5001 + (Math.floor(place / 32) % 2);
    expect(find(observations((place) => replicaOf(place) === 5002, { n: 1000, replicaOf }))).toBeNull();
    expect(find(observations((place) => Math.floor(place / 32) % 2 === 0, { n: 1000 }))).toBeNull();
    expect(find(observations((place) => Math.floor(place / 32) === 2))).toBeNull();
    expect(find(observations(() => random() < 1 / 3))).toBeNull();
    expect(find(observations(() => true))).toBeNull();
  });

  it('are not the batches of honest GPUs that alternate, one of which is the GPU of the reference', () => {
    const isOther = (place: number) => Math.floor(place / 32) % 2 === 0;
    const own = observations(() => false, { n: 1000 }).map((one) =>
      isOther(one.nonce) ? one : { ...one, l2: 0 },
    );
    // Not in a list with gaps either, or in a part of it.
    const gaps = own.filter(({ nonce }) => nonce % 13 !== 0);
    for (const limit of [null, 0.5]) {
      expect(find(own, limit)).toBeNull();
      expect(find(gaps, limit)).toBeNull();
      expect(find(gaps.slice(200, 400), limit)).toBeNull();
    }
    const everySecond = own.map((one) => ({ ...one, l2: one.nonce % 2 === 0 ? 0 : honest() }));
    for (const mixed of [own, everySecond]) {
      const wrongHeads = mixed.map((one) => (isHead(one.nonce, 16, 1) ? { ...one, l2: wrong() } : one));
      expect(find(wrongHeads, 0.5)).toEqual([16, 1, null]);
    }
  });

  it('are not the ends of batches, of all or of one replica, nor every second batch', () => {
    const isEnd = (place: number) => place % 32 >= 20;
    expect(find(observations(isEnd))).toBeNull();
    const replicaOf = (place: number) => 5001 + (Math.floor(place / 32) % 2);
    const leftOut = (place: number) => replicaOf(place) === 5002 && isEnd(place);
    expect(find(observations(() => false, { replicaOf, leftOut }))).toBeNull();
    // The batches of our requests are not known here.
    const second = (place: number) => Math.floor(place / 32) % 2 === 1;
    expect(find(observations(second, { batch: 1000 }))).toBeNull();
    // One bad batch does not hide heads.
    const both = (place: number) => isHead(place, 16, 2) || Math.floor(place / 32) === 2;
    expect(find(observations(both, { n: 1000 }))).toEqual([16, 2, null]);
  });

  it('are never found among honest vectors', () => {
    for (let run = 0; run < 300; run++) expect(find(observations(() => false))).toBeNull();
  });

  it('are seen by seven single vectors of 200 in four of five runs, where they lie nearest to honest ones', () => {
    const runs = Array.from({ length: 100 }, () => find(observations((place) => isHead(place, 32, 1))));
    expect(runs.filter((found) => found?.[0] === 32 && found[1] === 1).length).toBeGreaterThan(80);
  });

  it('need three whole periods', () => {
    expect(find(observations((place) => isHead(place, 32, 8), { n: 64 }))?.[0]).not.toBe(32);
    expect(find([])).toBeNull();
  });
});
