/** How long a session lives: unused, and at most. High-impact acts ask for a proof younger than `stepUpMinutes`. */
export const sessionLife = { idleMinutes: 30, absoluteMinutes: 12 * 60, stepUpMinutes: 5 } as const
