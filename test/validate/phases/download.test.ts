import { describe, expect, it } from 'vitest';
import { download } from '../../../src/validate/phases/download.js';
import { MODEL, simulatedNodes, watched } from '../support.js';

const simulate = simulatedNodes();
const START = 'POST /models/download';

describe('the download phase', () => {
  it('starts nothing where the weights are there', async () => {
    const node = await simulate({ up: false });
    const { context } = watched(node.url);
    expect(await download(context)).toMatchObject({ action: 'already_downloaded' });
    expect(node.requests[START]).toBeUndefined();
  });

  it.each(['NOT_FOUND', 'PARTIAL'] as const)('downloads weights that are %s, asking once', async (status) => {
    const node = await simulate({ up: false, weights: { [MODEL]: status } });
    const { context, progress } = watched(node.url);
    expect(await download(context)).toMatchObject({ action: 'downloaded' });
    expect(node.requests[START]).toBe(1);
    expect(progress.at(-1)).toMatchObject({ unit: 's' });
  });

  it('waits for a download that somebody else started', async () => {
    const node = await simulate({ up: false, downloadTimeMs: 1_000, weights: { [MODEL]: 'NOT_FOUND' } });
    await watched(node.url).context.node.startDownload(MODEL);
    const { context } = watched(node.url);
    expect(await download(context)).toMatchObject({ action: 'downloaded' });
    expect(node.requests[START]).toBe(1);
  });

  it('takes a refusal because one runs already for what it is', async () => {
    const node = await simulate({ up: false, downloadTimeMs: 1_000, weights: { [MODEL]: 'NOT_FOUND' } });
    await watched(node.url).context.node.startDownload(MODEL);
    node.faults = ({ endpoint, earlier }) =>
      endpoint === '/models/status' && earlier === 0
        ? { body: (answer) => ({ ...(answer as object), status: 'NOT_FOUND' }) }
        : undefined;
    const { context } = watched(node.url);
    expect(await download(context)).toMatchObject({ action: 'downloaded' });
    expect(node.requests[START]).toBe(2);
  });

  it('ends with what the node says of a failed download', async () => {
    const node = await simulate({ up: false, weights: { [MODEL]: 'NOT_FOUND' } });
    node.failDownloads('No space left on device');
    const { context } = watched(node.url);
    await expect(download(context)).rejects.toThrow('No space left on device');
  });

  it('asks again where an earlier download had failed: its error sticks, and is not ours', async () => {
    const node = await simulate({ up: false, downloadTimeMs: 20, weights: { [MODEL]: 'NOT_FOUND' } });
    node.failDownloads('No space left on device');
    await watched(node.url).context.node.startDownload(MODEL);
    await expect
      .poll(async () => (await watched(node.url).context.node.modelStatus(MODEL))?.error_message)
      .toMatch('No space');
    node.failDownloads(undefined);
    const { context } = watched(node.url);
    expect(await download(context)).toMatchObject({ action: 'downloaded' });
    expect(node.requests[START]).toBe(2);
  });

  it('does not call weights missing that are there, whatever error an earlier download left', async () => {
    const node = await simulate({ up: false });
    node.faults = ({ endpoint }) =>
      endpoint === '/models/status'
        ? { body: (answer) => ({ ...(answer as object), error_message: 'of last week' }) }
        : undefined;
    expect(await download(watched(node.url).context)).toMatchObject({ action: 'already_downloaded' });
    expect(node.requests[START]).toBeUndefined();
  });

  it("asks again where somebody else's download fails that was under way", async () => {
    const node = await simulate({ up: false, downloadTimeMs: 300, weights: { [MODEL]: 'NOT_FOUND' } });
    node.failDownloads('hub is away');
    await watched(node.url).context.node.startDownload(MODEL);
    node.failDownloads(undefined);
    expect(await download(watched(node.url).context)).toMatchObject({ action: 'downloaded' });
    expect(node.requests[START]).toBe(2);
  });

  it('ends on a node that downloads nothing', async () => {
    const node = await simulate({ up: false, offline: true, weights: { [MODEL]: 'NOT_FOUND' } });
    const { context } = watched(node.url);
    await expect(download(context)).rejects.toThrow('offline mode');
  });

  it('goes on with a warning on a node that is too old to tell', async () => {
    const node = await simulate({ up: false, legacy: true });
    const { context, warnings } = watched(node.url);
    expect(await download(context)).toMatchObject({ action: 'not_told' });
    expect(warnings[0]).toContain('does not report whether');
  });

  it('ends at once where the node asks to wait for longer than is left', async () => {
    const node = await simulate({ up: false, weights: { [MODEL]: 'NOT_FOUND' } });
    node.faults = ({ endpoint }) =>
      endpoint === '/models/download'
        ? { status: 429, body: '{"detail":"3 downloads"}', headers: { 'retry-after': '3600' } }
        : undefined;
    const { context } = watched(node.url, { downloadTimeoutSeconds: 30 });
    await expect(download(context)).rejects.toThrow(
      'still NOT_FOUND and it asks to wait 3600 s, longer than the time that is left',
    );
    expect(node.requests[START]).toBe(1);
  });

  it('ends when its time is over, with the download still going on', async () => {
    const node = await simulate({ up: false, downloadTimeMs: 60_000, weights: { [MODEL]: 'NOT_FOUND' } });
    const { context } = watched(node.url, { downloadTimeoutSeconds: 0.3 });
    await expect(download(context)).rejects.toMatchObject({
      message: expect.stringContaining('still DOWNLOADING after 0.3 s'),
      advice: expect.stringContaining('continues'),
    });
  });
});
