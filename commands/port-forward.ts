/** `krateo access --port-forward`: makes the web interface work at 127.0.0.1. */
import type { LiveAccess } from "../cluster/access/access.ts";
import type { LocalPort } from "../cluster/access/port-forward.ts";
import type { Connection } from "../cluster/client/connection.ts";
import { pageService } from "../configuration/exposure/exposed-services.ts";
import { ConfigurationError } from "../model/problem.ts";
import { plainTable } from "./plain-table.ts";
import type { Session } from "./session.ts";

/**
 * Makes the web interface work at 127.0.0.1 until Ctrl-C or SIGTERM.
 *
 * @throws ConfigurationError when a local port is taken, or something that the page needs is not installed
 */
export async function forwardUntilEnd(
  connection: Connection,
  live: LiveAccess,
  passwordCommand: string,
  session: Session,
): Promise<void> {
  const [{ endpointsOf }, { planForwards }, { openForwards }, { serveRewrittenPage }] = await Promise.all([
    import("../cluster/access/ways.ts"),
    import("../cluster/access/forward-plan.ts"),
    import("../cluster/access/port-forward.ts"),
    import("../cluster/access/page-proxy.ts"),
  ]);
  const { forwards, page, rewrites, missing } = planForwards(endpointsOf(live));
  if (missing.length > 0) {
    throw new ConfigurationError([
      {
        what: `namespace ${live.namespace} has no Service with pods for ${missing.join(", ")}`,
        next: "npx krateo verify says what is missing",
      },
    ]);
  }
  const rewriting = Object.keys(rewrites).length > 0;
  const pagePort = Number(new URL(page).port);
  // A page that is served with other URLs is fetched through a port of its own.
  const opened = rewriting
    ? forwards.map((one) => (one.name === pageService.name ? { ...one, localPort: 0 } : one))
    : forwards;
  const ports = await openForwards(connection, live.namespace, opened, { note: session.note });
  try {
    if (rewriting) {
      const upstream = ports[opened.findIndex(({ name }) => name === pageService.name)] as LocalPort;
      ports.push(await serveRewrittenPage(pagePort, upstream.port, rewrites));
    }
    session.print(
      [
        plainTable(
          ["ENDPOINT", "ON THIS MACHINE"],
          forwards.map(({ name, localPort }) => [name, `http://127.0.0.1:${localPort}`]),
        ),
        "",
        ...(rewriting
          ? [
              `The installation is for other addresses (${Object.keys(rewrites).join(", ")}): the page gets the ones above instead.`,
            ]
          : []),
        `Open ${page} and log in as admin; this prints the password:`,
        `  ${passwordCommand}`,
        "Ctrl-C ends it.",
      ].join("\n"),
    );
    await new Promise<void>((resolve) => {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
    });
  } finally {
    await Promise.all(ports.map((port) => port.close()));
  }
}
