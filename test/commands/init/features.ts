/** What a cluster offers, for tests of proposals. */
import type { ClusterFeatures } from "../../../cluster/features.ts";

/** A cluster that offers nothing but what is given. */
export function featuresOf(given: Partial<ClusterFeatures> = {}): ClusterFeatures {
  return {
    groups: [],
    nodes: [],
    ingressClasses: [],
    gatewayClasses: [],
    gateways: [],
    balancedServices: [],
    storageClasses: [],
    clusterIssuers: [],
    refused: [],
    ...given,
  };
}
