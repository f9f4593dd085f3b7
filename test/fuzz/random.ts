// Choices from a seeded source.

/** Numbers in [0, 1). */
export type Random = () => number;

export function chance(random: Random, probability: number): boolean {
  return random() < probability;
}

export function pick<Choice>(random: Random, choices: readonly Choice[]): Choice {
  return choices[Math.floor(random() * choices.length)];
}
