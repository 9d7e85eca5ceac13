// The way to the decision server: a unix socket, loopback, or another host over mutual TLS.

import { readFileSync, statSync } from "node:fs";
import http from "node:http";
import https from "node:https";

const KEPT = { keepAlive: true, maxSockets: 64 };
const LOCAL = ["127.0.0.1", "localhost", "::1"];

export class Link {
  agent = new http.Agent(KEPT);

  /** Where a request goes and over what. Throws for a configuration that leads nowhere. */
  options({ socket, url, tlsFolder }) {
    if (!socket === !url) throw new Error("expected exactly one of `socket` and `url`");
    if (socket) return { socketPath: socket, host: "localhost", agent: this.agent };
    const { protocol, hostname, port } = new URL(url), host = hostname.replace(/[[\]]/g, "");
    if (protocol === "https:" && tlsFolder) return { protocol, host, port: port || 443, agent: this.#certified(tlsFolder) };
    if (protocol === "http:" && LOCAL.includes(host)) return { host, port, agent: this.agent };
    throw new Error("`url` must be http on a loopback address, or https with a `tlsFolder`");
  }

  /** A certificate that was renewed is shown by the next connection. */
  #certified(folder) {
    const made = statSync(`${folder}/gateway.pem`).mtimeMs;
    if (this.made !== made) {
      const [key, cert, ca] = ["gateway.key", "gateway.pem", "clawband.pem"].map((name) => readFileSync(`${folder}/${name}`));
      this.tls = new https.Agent({ ...KEPT, key, cert, ca, minVersion: "TLSv1.3" });
      this.made = made;
    }
    return this.tls;
  }

  close() {
    this.agent.destroy();
    this.tls?.destroy();
  }
}
