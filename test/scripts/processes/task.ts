/** Says its process id and every signal it gets; "leave" lets it exit with code 7 at once, else SIGTERM does so. */
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    process.stdout.write(`${signal}\n`);
    if (signal === "SIGTERM") process.exit(7);
  });
}
// Only now may the other side send one.
process.stdout.write(`up ${process.pid}\n`);
if (process.argv[2] === "leave") process.exit(7);
setInterval(() => {}, 1_000);
