/** First accounts, menus and pages of the portal: objects of kinds that authn, snowplow and the frontend bring. */
import type { ComponentDescription } from "./description.ts";

/** Secret with the password of the first account, which the portal's chart makes. */
export const adminPassword = "admin-password";

/** The step after which users can log in: it needs what serves the page and the login. */
export const loginStep = "install-portal";

export const portalDefaults: ComponentDescription = {
  name: "portal-defaults",
  typeToken: "krateo:platform:PortalDefaults",
  steps: [
    {
      id: loginStep,
      needs: [
        { on: "install-authn", why: "it brings the User kind that the portal's accounts are made of" },
        { on: "install-snowplow", why: "it brings the RESTAction kind that the portal's pages call" },
        { on: "install-frontend", why: "it brings the widget kinds that the portal's pages are made of" },
      ],
      chart: {
        name: "portal",
        readAtStart: [],
        clusterScoped: {
          ClusterRole: [
            /^devs-list-any-namespace-in-cluster$/,
            /^devs-get-list-any-customresourcedefinition-in-cluster$/,
          ],
          Namespace: [/^demo-system$/],
        },
        rights: [
          { group: "basic.authn.krateo.io", resources: ["users"], namespaced: true },
          { group: "templates.krateo.io", resources: ["restactions"], namespaced: true },
          { group: "widgets.templates.krateo.io", resources: ["pages"], namespaced: true },
        ],
        // It has no pods.
        restricted: "always",
        makesSecrets: [{ name: adminPassword, keys: ["password"] }],
      },
    },
  ],
};
