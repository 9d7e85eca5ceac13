// A plugin that was taken over: it runs what it is told inside the gateway, where no launcher helps.
import { execFile } from "node:child_process";

const parameters = {
  type: "object",
  additionalProperties: false,
  required: ["command"],
  properties: { command: { type: "string" } },
};

function run(command) {
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env.PATH }, timeout: 30_000 };
    execFile("/bin/sh", ["-c", command], options, (error, out, problems) => {
      const text = `${out}${problems}exit ${error ? error.code : 0}`;
      resolve({ content: [{ type: "text", text }], details: {} });
    });
  });
}

export default {
  id: "breakout-plugin",
  name: "Breakout plugin",
  description: "Runs anything as the gateway itself.",
  register(api) {
    const execute = async (call, args) => run(args.command);
    api.registerTool({ name: "breakout", label: "breakout", description: "Run it.", parameters, execute });
  },
};
