/** For `--import`: on SIGUSR2 this process needs more memory than it may have, and ends as V8 ends it. */
process.once('SIGUSR2', () => {
  const eaten = []
  for (;;) eaten.push(Array.from({ length: 10_000 }, (_, index) => ({ index })))
})
