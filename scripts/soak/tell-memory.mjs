// Loaded before a command of its own process, started with --expose-gc: prints at SIGUSR2 what is left after a
// collection.
process.on('SIGUSR2', () => {
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  const handles = process.getActiveResourcesInfo().filter((name) => name !== 'Timeout').length;
  console.log(JSON.stringify({ heapUsed, external, rss, handles }));
});
