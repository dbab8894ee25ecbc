/** Whether the key for certificates goes together with the type and the other keys for exposure. */
import { type Problem, stackConfiguration } from "../../model/problem.ts";
import type { ReleaseType } from "../../model/settings.ts";
import { type ExposureConfig, exposedServices, type TlsConfig, tlsSecretOf } from "../exposure/exposure.ts";
import { typesOfKey } from "../exposure/keys.ts";
import type { StackReading } from "../stack-config.ts";

const tlsKey = { file: stackConfiguration, path: "krateo:tls" };

/** Certificates that are missing, twofold, or somebody else's. */
export function certificateProblems({ config: { type, local, exposure } }: StackReading): Problem[] {
  if (local || exposure.tls === undefined || !typesOfKey["tls"]?.includes(type)) return [];
  return exposure.gateway === undefined
    ? [...sourceProblems(exposure, exposure.tls, type), ...namespaceProblems(exposure.tls, type)]
    : ofExistingGateway(exposure.tls);
}

const ways = "one of secretName, clusterIssuer, external";

/** Where the certificates come from. */
function sourceProblems(config: ExposureConfig, tls: TlsConfig, type: ReleaseType): Problem[] {
  if (tls.external && (tls.secretName !== undefined || tls.clusterIssuer !== undefined)) {
    return [
      {
        what: "TLS that ends in front of the cluster needs no certificate in it",
        ...tlsKey,
        allowed: ways,
        next: "take external out, or secretName and clusterIssuer",
      },
    ];
  }
  if (!tls.external && tls.secretName === undefined && tls.clusterIssuer === undefined) {
    return [{ what: "krateo:tls does not say where the certificate comes from", ...tlsKey, allowed: ways }];
  }
  if (tls.clusterIssuer !== undefined && typeof tls.secretName === "string") {
    return [
      {
        what: "one Secret for all hosts, and an issuer: cert-manager makes a certificate for each host",
        ...tlsKey,
        allowed: "with clusterIssuer: no secretName, or a map of Services to Secrets' names",
        next: "take secretName out: the Secrets are then named SERVICE-tls",
      },
    ];
  }
  const without = exposedServices(type, config).filter(
    (service) => !tls.external && tlsSecretOf(service, config) === undefined,
  );
  if (without.length === 0) return [];
  return [
    {
      what: `there is no certificate for ${without.map(({ name }) => name).join(", ")}`,
      file: stackConfiguration,
      path: "krateo:tls.secretName",
      allowed: "one Secret's name for all hosts, or one for each Service",
    },
  ];
}

/** Where their Secrets are. */
function namespaceProblems(tls: TlsConfig, type: ReleaseType): Problem[] {
  if (tls.secretNamespace === undefined) return [];
  const place = { file: stackConfiguration, path: "krateo:tls.secretNamespace" };
  const next = "pulumi config rm --path krateo:tls.secretNamespace";
  if (type !== "gateway") {
    const what = "an Ingress takes certificates from its own namespace only";
    return [{ what, ...place, given: `type ${type}`, allowed: "type gateway", next }];
  }
  if (tls.clusterIssuer !== undefined) {
    const what = "cert-manager makes a Gateway's certificates in the Gateway's own namespace only";
    return [{ what, ...place, next }];
  }
  if (tls.secretName === undefined) {
    return [{ what: "krateo:tls names a namespace and no Secret in it", ...place, next }];
  }
  return [];
}

/** An existing Gateway's listeners hold its certificates. */
function ofExistingGateway({ external, secretName, clusterIssuer, secretNamespace }: TlsConfig): Problem[] {
  if (external && [secretName, clusterIssuer, secretNamespace].every((given) => given === undefined))
    return [];
  return [
    {
      what: "the listeners of an existing Gateway have their certificates already: krateo:tls cannot give it others",
      ...tlsKey,
      allowed: "external: true, where browsers reach the Gateway over https",
      next: "pulumi config rm krateo:tls, then pulumi config set --path krateo:tls.external true",
    },
  ];
}
