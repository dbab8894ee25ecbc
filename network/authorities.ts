import { existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";

const certificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
let trusted = false;

/**
 * Lets this process also trust the certificate authorities of the machine, as kubectl, Helm and browsers do: a company's
 * own are only there. They count wherever no others are given. On Linux SSL_CERT_FILE and SSL_CERT_DIR (folders joined
 * by the path delimiter) replace the system's own places. Only once; it takes a tenth of a second.
 */
export function trustMachine(): void {
  if (trusted) return;
  trusted = true;
  setDefaultCACertificates([...new Set([...getCACertificates("default"), ...machineAuthorities()])]);
}

/** Node takes SSL_CERT_DIR for one folder, and complains of a list on standard error. */
function machineAuthorities(): string[] {
  const listed = process.env["SSL_CERT_DIR"];
  const [first, ...others] = listed?.split(delimiter).filter((folder) => existsSync(folder)) ?? [];
  if (listed === undefined || first === listed) return getCACertificates("system");
  process.env["SSL_CERT_DIR"] = first ?? "";
  try {
    return [...getCACertificates("system"), ...others.flatMap(certificatesIn)];
  } finally {
    process.env["SSL_CERT_DIR"] = listed;
  }
}

function certificatesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .flatMap(({ name }) => readFileSync(join(folder, name), "utf8").match(certificate) ?? []);
}
