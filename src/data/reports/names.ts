/** What the reports are about. The clubs and the towns are invented, the currencies long gone. */
const clubs =
  "Badgers Comets Eagles Falcons Giants Hornets Lions Otters Pilots Ravens Sharks Wolves";

const towns =
  "Barrowick Brenholt Caldmere Dunmore Elmstead Fenwater Glasbury Halvern Ivendale Larchford " +
  "Norholt Ravensea Saltby Windlow";

const currencies = "Crown Daler Denar Ducat Florin Groat Guinea Lira Noble Real Sovereign Thaler";

/** Names of each kind, as single words. */
export interface Names {
  clubs: readonly string[];
  towns: readonly string[];
  currencies: readonly string[];
}

/** The names that reports are drawn with. */
export const names: Names = {
  clubs: clubs.split(" "),
  towns: towns.split(" "),
  currencies: currencies.split(" "),
};

/** Names that no report has unless it is asked for: a model trained on the others never saw them. */
export const newNames: Names = {
  clubs: ["Antelopes", "Beavers", "Condors", "Gladiators", "Lancers", "Pelicans"],
  towns: ["Amberly", "Cragmoor", "Dovefield", "Hazelwick", "Portwin", "Silverdon"],
  currencies: ["Escudo", "Farthing", "Obol", "Penning", "Rixdollar", "Zecchin"],
};
