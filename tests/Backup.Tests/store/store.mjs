// An object store on loopback with one bucket: prints its address, runs until standard input ends. Everything is in memory.
import net from "node:net";

// It would listen on every address of the machine.
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (options, ...rest) {
  return listen.call(this, { ...options, host: "127.0.0.1" }, ...rest);
};

const { startFauxqs } = await import("fauxqs");
const store = await startFauxqs({ port: 0, logger: false, init: { buckets: [process.argv[2] ?? "backup"] } });
process.stdout.write(`${JSON.stringify({ event: "ready", address: `http://127.0.0.1:${store.port}` })}\n`);
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
