/** authn signs users in; snowplow answers the calls of the portal. */
import type { ComponentDescription } from "./description.ts";
import { krateoImage } from "./images.ts";
import { attachment, ownGateway, ownService, route } from "./outside.ts";
import { signKey } from "./secrets.ts";
import { noServiceAnnotations } from "./value-limits.ts";

export const backend: ComponentDescription = {
  name: "backend",
  typeToken: "krateo:platform:Backend",
  steps: [
    // Here, because no type of exposure is of use without this component.
    ...ownGateway,
    {
      id: "install-authn",
      needs: [signKey],
      chart: {
        name: "authn",
        service: {
          role: "api",
          port: 8082,
          targetPort: 8082,
          nodePort: 30082,
          onNodePort: true,
          hostLabel: "authn",
          takesAnnotations: true,
          takesNodePort: true,
          healthPath: "/health",
          urlKeys: ["AUTHN_API_BASE_URL"],
        },
        readAtStart: [["env"]],
        clusterScoped: {
          CustomResourceDefinition: [/^\w+\.(basic|ldap|oauth|oidc)\.authn\.krateo\.io$/],
        },
        logsSecrets: [
          {
            // D3: the chart turns it on.
            path: ["env", "AUTHN_DUMP_ENV"],
            byDefault: true,
            logs: "its whole environment, the signing key in it",
          },
        ],
        images: [krateoImage("authn", "0.22.2")],
      },
    },
    route("authn"),
    attachment("authn"),
    {
      id: "install-snowplow",
      needs: [signKey],
      chart: {
        name: "snowplow",
        service: {
          role: "api",
          port: 8081,
          targetPort: 8081,
          nodePort: 30081,
          onNodePort: true,
          hostLabel: "snowplow",
          takesAnnotations: false,
          takesNodePort: true,
          healthPath: "/health",
          urlKeys: ["SNOWPLOW_API_BASE_URL"],
        },
        readAtStart: [["env"]],
        clusterScoped: { CustomResourceDefinition: [/^restactions\.templates\.krateo\.io$/] },
        images: [krateoImage("snowplow", "0.20.6")],
        limits: [noServiceAnnotations("0.20.6")],
      },
    },
    ownService("snowplow"),
    route("snowplow"),
    attachment("snowplow"),
  ],
};
