import { join } from "node:path";

/** The clone's folder `datasets`, of what the data are made from; seen from `src/dist/data`. */
export const datasetsFolder = join(__dirname, "../../../datasets");
