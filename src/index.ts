export { Random } from "./random";
