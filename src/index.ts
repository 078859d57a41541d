export { Random } from "./random";
export { liveDisplay, type LiveContent, type LiveDisplay } from "./display/live";
export { show } from "./display/show";
export type { Figure } from "./figures/figure";
