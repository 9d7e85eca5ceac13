// A real OpenID provider for the tests: `node provider.mjs '{"port", "client", "secret", "back", "ended"}'`.
// People sign in with their name alone; `PEOPLE` says who they are.
import { createServer } from "node:http";
import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

const given = JSON.parse(process.argv[2]);
const PEOPLE = {
  ana: { groups: ["admins"], email: "ana@shop.example", email_verified: true },
  bo: { groups: ["desk"], email: "bo@shop.example", email_verified: false },
  zoe: { groups: ["elsewhere"] },
};
const issuer = `http://127.0.0.1:${given.port}`;

function key() {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { ...privateKey.export({ format: "jwk" }), kid: "one", alg: "ES256", use: "sig" };
}

function provider() {
  return new Provider(issuer, {
    jwks: { keys: [key()] },
    clients: [
      {
        client_id: given.client,
        client_secret: given.secret,
        redirect_uris: [given.back],
        response_types: ["code"],
        grant_types: ["authorization_code"],
        id_token_signed_response_alg: "ES256",
        backchannel_logout_uri: given.ended,
        backchannel_logout_session_required: true,
      },
    ],
    enabledJWA: { idTokenSigningAlgValues: ["ES256"] },
    pkce: { required: () => true },
    conformIdTokenClaims: false,
    scopes: ["openid", "profile", "email"],
    claims: {
      openid: ["sub", "groups", "amr"],
      profile: ["preferred_username"],
      email: ["email", "email_verified"],
    },
    cookies: { keys: ["of the tests"] },
    features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: id, ...PEOPLE[id] }),
    }),
    // Nobody is asked whether Clawband may know them: the company has decided that.
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client.clientId,
        accountId: ctx.oidc.session.accountId,
      });
      grant.addOIDCScope("openid profile email");
      await grant.save();
      return grant;
    },
    // It would not speak to this machine otherwise, and so not tell Clawband of a sign-out.
    fetch: (url, { dispatcher, ...options }) => fetch(url, options),
    ttl: { Session: 3600, Grant: 3600, IdToken: 300, AccessToken: 300, Interaction: 600 },
  });
}

const served = provider();

const FORM = '<!doctype html><title>Sign in at Example</title><form method="post"><label>Name <input name="name" autofocus></label><button>Sign in</button></form>';

async function interact(request, response) {
  if (request.method !== "POST") {
    response.setHeader("content-type", "text/html");
    return response.end(FORM);
  }
  let body = "";
  for await (const chunk of request) body += chunk;
  const accountId = new URLSearchParams(body).get("name");
  const login = { accountId, amr: accountId === "bo" ? ["pwd"] : ["pwd", "mfa"] };
  return served.interactionFinished(request, response, { login });
}

createServer((request, response) => {
  if (request.url.startsWith("/interaction/")) return interact(request, response);
  return served.callback()(request, response);
}).listen(given.port, "127.0.0.1", () => console.log("ready"));
