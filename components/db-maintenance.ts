/** deviser makes the tables and keeps their partitions within bounds. */
import { database, databaseProgram } from "./database-programs.ts";
import type { ComponentDescription } from "./description.ts";
import { krateoImage } from "./images.ts";
import { databaseLogin } from "./secrets.ts";

export const dbMaintenance: ComponentDescription = {
  name: "db-maintenance",
  typeToken: "krateo:platform:DbMaintenance",
  steps: [
    {
      id: "install-deviser",
      needs: [database, databaseLogin],
      chart: { name: "deviser", ...databaseProgram, images: [krateoImage("deviser", "0.5.1")] },
    },
  ],
};
