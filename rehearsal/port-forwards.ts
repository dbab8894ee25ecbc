import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";

/** Ports of the containers that a browser's requests end at. */
const servedPorts = [8080, 8081, 8082, 8083];

/**
 * Writes KWOK's configuration for port-forwards: simulated pods run nothing, so a stand-in answers in their place.
 *
 * @returns the file's path
 */
export async function writePortForwards(directory: string): Promise<string> {
  const program = join(import.meta.dirname, "simulation", "pod-server.ts");
  const file = join(directory, "port-forwards.yaml");
  const forwards = servedPorts.map((port) => ({
    ports: [port],
    command: [process.execPath, program, String(port)],
  }));
  await writeFile(
    file,
    stringify({
      apiVersion: "kwok.x-k8s.io/v1alpha1",
      kind: "ClusterPortForward",
      metadata: { name: "stand-ins" },
      spec: { forwards },
    }),
  );
  return file;
}
