/** The table of kubectl-variants.test.ts: kubeconfigs and environments, and what is seen of a request with them. */

/** What is asked for. */
export const path = "/api/v1/namespaces/kube-system";

/** What server and proxies saw of a request. */
export interface Seen {
  readonly authorization?: string;
  /** Common name of the client's certificate. */
  readonly certificate?: string;
  readonly impersonation?: readonly string[];
  /** What a proxy on the way was asked for. */
  readonly through?: string;
}

/** A kubeconfig and an environment. */
export interface Variant {
  /** Added to a cluster with the server's address and authority; an undefined key is taken out. */
  readonly cluster?: Record<string, unknown>;
  readonly user?: Record<string, unknown>;
  readonly contextUser?: string;
  readonly env?: Record<string, string>;
  /** What is seen, of kubectl and of us; where kubectl refuses, our sentence. */
  readonly expected: Seen | RegExp;
}

const token = { authorization: "Bearer t" };
const v1 = { apiVersion: "client.authentication.k8s.io/v1", interactiveMode: "IfAvailable" };
/** NAME in upper case between braces stands for a port. */
const far = { server: "https://api.example.org:{TLS}" };
const through = { ...token, through: "CONNECT api.example.org:{TLS}" };

export const variants: Readonly<Record<string, Variant>> = {
  "a token": { expected: token },
  "tokenFile, relative, with a line end": {
    user: { tokenFile: "keys/token" },
    expected: { authorization: "Bearer of the file" },
  },
  "tokenFile, absolute": {
    user: { tokenFile: "{FOLDER}/keys/token" },
    expected: { authorization: "Bearer of the file" },
  },
  "tokenFile and a token": {
    user: { token: "t", tokenFile: "keys/token" },
    expected: { authorization: "Bearer of the file" },
  },
  "tokenFile that is not there": {
    user: { tokenFile: "keys/absent" },
    expected: /the token file of context shop gives no token: it is not there/,
  },
  "tokenFile that is empty": {
    user: { tokenFile: "keys/empty" },
    expected: /the token file of context shop gives no token: it is empty/,
  },
  "a user name and a password": {
    user: { username: "jane", password: "p" },
    expected: { authorization: "Basic amFuZTpw" },
  },
  "certificate and key, relative": {
    user: { "client-certificate": "keys/jane.pem", "client-key": "keys/jane.key" },
    expected: { certificate: "jane" },
  },
  "certificate without key": {
    user: { "client-certificate": "keys/jane.pem" },
    expected: /user shop of the kubeconfig has a certificate, but neither client-key nor client-key-data/,
  },
  "certificate that is not there": {
    user: { "client-certificate": "keys/absent", "client-key": "keys/jane.key" },
    expected: /names a client-certificate that does not exist: .*keys\/absent/,
  },
  "certificate twice": {
    user: {
      "client-certificate": "keys/jane.pem",
      "client-certificate-data": "YQ==",
      "client-key": "keys/jane.key",
    },
    expected: /has both client-certificate and client-certificate-data/,
  },
  "a certificate and a token": {
    user: { token: "t", "client-certificate": "keys/jane.pem", "client-key": "keys/jane.key" },
    expected: { ...token, certificate: "jane" },
  },
  "a token and a user name": {
    user: { token: "t", username: "jane" },
    expected: /has both a token and a username/,
  },
  "a token that YAML takes for a number": { user: { token: 123 }, expected: /has a token that is not text/ },
  "a user that is not there": {
    contextUser: "absent",
    expected: /context shop logs in as user absent, which the kubeconfig does not have/,
  },
  "impersonation of user, uid, groups and extra": {
    user: {
      token: "t",
      as: "jane",
      "as-uid": "7",
      "as-groups": ["a", "b"],
      "as-user-extra": { "Scopes/x": ["1", "2"], tü: ["z"] },
    },
    expected: {
      ...token,
      impersonation: [
        "impersonate-extra-scopes%2fx: 1",
        "impersonate-extra-scopes%2fx: 2",
        "impersonate-extra-t%c3%bc: z",
        "impersonate-group: a",
        "impersonate-group: b",
        "impersonate-uid: 7",
        "impersonate-user: jane",
      ],
    },
  },
  "groups without a user to act as": {
    user: { token: "t", "as-groups": ["a"] },
    expected: /has as-uid, as-groups or as-user-extra without as/,
  },
  "a login helper by a relative path": {
    user: { exec: { ...v1, command: "./helper" } },
    expected: { authorization: "Bearer helped" },
  },
  "a login helper and a token": {
    user: { token: "t", exec: { ...v1, command: "./absent" } },
    expected: token,
  },
  "a login helper that gives a certificate": {
    user: { exec: { ...v1, command: "./helper", args: ["certificate"] } },
    expected: { certificate: "jane" },
  },
  "a login helper that is not there": {
    user: { exec: { ...v1, command: "./absent", installHint: "get it there" } },
    expected:
      /login helper .*absent of context shop is not there: no such program is found(.|\n)*get it there/,
  },
  "a login helper that fails": {
    user: { exec: { ...v1, command: "./helper", args: ["fail"] } },
    expected: /login helper .*helper of context shop failed with exit code 3/,
  },
  "a login helper of an apiVersion that is gone": {
    user: { exec: { ...v1, command: "./helper", apiVersion: "client.authentication.k8s.io/v1alpha1" } },
    expected: /login helper \(exec\) of apiVersion "client.authentication.k8s.io\/v1alpha1"; allowed:/,
  },
  "a login helper that answers in another apiVersion": {
    user: { exec: { ...v1, command: "./helper", args: ["beta"] } },
    expected: /answers as client.authentication.k8s.io\/v1beta1, but the kubeconfig says apiVersion/,
  },
  "a login helper whose answer has no status": {
    user: { exec: { ...v1, command: "./helper", args: ["nothing"] } },
    expected: /gave an answer without a status/,
  },
  "a login helper whose answer is no JSON": {
    user: { exec: { ...v1, command: "./helper", args: ["noise"] } },
    expected: /gave an answer that is not an ExecCredential/,
  },
  "a login helper without interactiveMode": {
    user: { exec: { ...v1, command: "./helper", interactiveMode: undefined } },
    expected: /has a login helper \(exec\) without interactiveMode/,
  },
  "a login helper that must ask, without a terminal": {
    user: { exec: { ...v1, command: "./helper", interactiveMode: "Always" } },
    expected: /always asks, and standard input is not a terminal/,
  },
  "a login helper next to an auth-provider": {
    user: { exec: { ...v1, command: "./helper" }, "auth-provider": { name: "oidc" } },
    expected: /has both exec and auth-provider/,
  },
  "an auth-provider that is gone": {
    user: { "auth-provider": { name: "gcp" } },
    expected: /has the auth-provider gcp, which kubectl gave up/,
  },

  HTTPS_PROXY: { cluster: far, env: { HTTPS_PROXY: "http://127.0.0.1:{PROXY}" }, expected: through },
  "https_proxy without a scheme": {
    cluster: far,
    env: { https_proxy: "127.0.0.1:{PROXY}" },
    expected: through,
  },
  "HTTPS_PROXY with a login": {
    cluster: far,
    env: { HTTPS_PROXY: "http://jane:pass%40word@127.0.0.1:{LOGIN}" },
    expected: through,
  },
  "HTTPS_PROXY without its login": {
    cluster: far,
    env: { HTTPS_PROXY: "http://127.0.0.1:{LOGIN}" },
    expected: /the proxy wants a login \(407\).*, through the proxy http:\/\/127.0.0.1:\d+ \(HTTPS_PROXY\)/,
  },
  "HTTPS_PROXY that nobody answers at": {
    cluster: far,
    env: { HTTPS_PROXY: "http://jane:secret@127.0.0.1:1" },
    expected: /connection refused, through the proxy http:\/\/127.0.0.1:1 \(HTTPS_PROXY\)$/,
  },
  "HTTPS_PROXY of SOCKS": {
    cluster: far,
    env: { HTTPS_PROXY: "socks5://127.0.0.1:{SOCKS}" },
    expected: { ...token, through: "SOCKS api.example.org:{TLS}" },
  },
  "HTTPS_PROXY of https, by the cluster's authority": {
    cluster: far,
    env: { HTTPS_PROXY: "https://localhost:{SECURE}" },
    expected: through,
  },
  "HTTPS_PROXY for this machine": { env: { HTTPS_PROXY: "http://127.0.0.1:1" }, expected: token },
  "HTTPS_PROXY and NO_PROXY": {
    cluster: far,
    env: { HTTPS_PROXY: "http://127.0.0.1:{PROXY}", NO_PROXY: ".org" },
    expected: /cannot be reached: (its host name is not known|its host name cannot be looked up)$/,
  },
  "HTTP_PROXY for https": {
    cluster: far,
    env: { HTTP_PROXY: "http://127.0.0.1:{PROXY}" },
    expected: /cannot be reached: (its host name is not known|its host name cannot be looked up)$/,
  },
  "HTTP_PROXY for plain HTTP": {
    cluster: { server: "http://api.example.org:{PLAIN}", "certificate-authority": undefined },
    env: { HTTP_PROXY: "http://127.0.0.1:{PROXY}" },
    expected: { through: `GET http://api.example.org:{PLAIN}${path}` },
  },
  "proxy-url before HTTPS_PROXY": {
    cluster: { ...far, "proxy-url": "http://127.0.0.1:{PROXY}" },
    env: { HTTPS_PROXY: "http://127.0.0.1:1" },
    expected: through,
  },
  "proxy-url for this machine, and NO_PROXY": {
    cluster: { "proxy-url": "http://127.0.0.1:{PROXY}" },
    env: { NO_PROXY: "*" },
    expected: { ...token, through: "CONNECT localhost:{TLS}" },
  },
  "proxy-url without a scheme": {
    cluster: { "proxy-url": "127.0.0.1:{PROXY}" },
    expected: /has a proxy-url that is none of http:\/\/HOST:PORT/,
  },

  "no authority, and one that the machine does not have": {
    cluster: { "certificate-authority": undefined },
    expected: /its certificate is not accepted/,
  },
  "authority as data": {
    cluster: { "certificate-authority": undefined, "certificate-authority-data": "{AUTHORITY}" },
    expected: token,
  },
  "authority that is not there": {
    cluster: { "certificate-authority": "keys/absent" },
    expected: /cluster shop of the kubeconfig names a certificate-authority that does not exist/,
  },
  "authority that is no certificate": {
    cluster: { "certificate-authority": "keys/token" },
    expected: /the certificate authority of context shop is not a certificate in PEM form/,
  },
  "authority twice": {
    cluster: { "certificate-authority-data": "{AUTHORITY}" },
    expected: /has both certificate-authority and certificate-authority-data/,
  },
  "insecure-skip-tls-verify": {
    cluster: { "certificate-authority": undefined, "insecure-skip-tls-verify": true },
    expected: token,
  },
  "insecure-skip-tls-verify with an authority": {
    cluster: { "insecure-skip-tls-verify": true },
    expected: /has a certificate authority and insecure-skip-tls-verify/,
  },
  "another host name than the certificate's": {
    cluster: { server: "https://127.0.0.1:{TLS}" },
    expected: /its certificate is for another host name/,
  },
  "tls-server-name": {
    cluster: { server: "https://127.0.0.1:{TLS}", "tls-server-name": "api.example.org" },
    expected: token,
  },
  "a server of plain HTTP, which gets no credentials": {
    cluster: { server: "http://127.0.0.1:{PLAIN}", "certificate-authority": undefined },
    user: { token: "t", as: "jane" },
    expected: { impersonation: ["impersonate-user: jane"] },
  },
  "a server without a scheme, which is plain HTTP": {
    cluster: { server: "127.0.0.1:{PLAIN}" },
    expected: {},
  },
  "a server of plain HTTP that speaks TLS": {
    cluster: { server: "localhost:{TLS}" },
    expected: /cannot be reached: (it speaks TLS|the connection was closed|Parse Error|what answers there)/,
  },
  "a server without a scheme, with a path": {
    cluster: { server: "localhost:{TLS}/path" },
    expected: /has a server with a path and without a scheme/,
  },
  "a server of another scheme": {
    cluster: { server: "ftp://localhost:{TLS}" },
    expected: /has a server that is not an http address/,
  },
  "a port that fetch forbids": { cluster: { server: "http://127.0.0.1:{FORBIDDEN}" }, expected: {} },
};
