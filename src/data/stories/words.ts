/** Who and what the stories are about. Places are the answers, so all are as frequent. */
export const people = ["Lena", "Omar", "Yuki", "Tomas", "Nadia"] as const;
export const things = ["lamp", "kite", "violin", "basket"] as const;
export const places = ["kitchen", "garden", "library", "attic", "cellar", "workshop"] as const;

export type Person = (typeof people)[number];
export type Thing = (typeof things)[number];
export type Place = (typeof places)[number];
